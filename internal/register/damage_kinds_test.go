package register

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// book is a good workbook: its parts and how they are packed.
type book struct {
	name   string
	parts  map[string]string
	method uint16
}

// pack zips the parts in order of their names, so that a case is the same on
// every run.
func pack(t testing.TB, parts map[string]string, method uint16) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(parts)) {
		w, err := z.CreateHeader(&zip.FileHeader{Name: name, Method: method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(parts[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// damageKind is one way in which a workbook goes wrong: in the bytes of the
// zip file, or in a part that is zipped again, so that every checksum is right.
type damageKind struct {
	name  string
	bytes func(r *rand.Rand, data []byte) []byte
	part  func(r *rand.Rand, parts map[string]string)
}

// central returns where the entries of the central directory begin.
func central(data []byte) (at []int) {
	end := bytes.LastIndex(data, []byte("PK\x05\x06"))
	for i := int(binary.LittleEndian.Uint32(data[end+16:])); i < end; {
		at = append(at, i)
		le := binary.LittleEndian
		i += 46 + int(le.Uint16(data[i+28:])) + int(le.Uint16(data[i+30:])) + int(le.Uint16(data[i+32:]))
	}
	return at
}

// change puts something else in the place of some bytes.
func change(s string, from, to int, with string) string { return s[:from] + with + s[to:] }

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

// spot is a place in a file.
func spot(r *rand.Rand, data []byte, most int) (from, to int) {
	from = r.IntN(len(data))
	return from, min(len(data), from+1+r.IntN(most))
}

const (
	sheetPart   = "xl/worksheets/sheet1.xml"
	stringsPart = "xl/sharedStrings.xml"
)

// partsRead are the parts that say what the cells of a workbook hold.
func partsRead(parts map[string]string) (names []string) {
	for _, name := range []string{sheetPart, sheetPart, sheetPart, stringsPart, "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "_rels/.rels", "xl/styles.xml"} {
		if _, has := parts[name]; has {
			names = append(names, name)
		}
	}
	return names
}

// inPart changes one of the parts that are read.
func inPart(f func(r *rand.Rand, content string) string) func(*rand.Rand, map[string]string) {
	return func(r *rand.Rand, parts map[string]string) {
		name := pick(r, partsRead(parts))
		parts[name] = f(r, parts[name])
	}
}

// onSheet changes one of the places of the sheet that a pattern finds; its
// first group, if it has one.
func onSheet(pattern string, f func(r *rand.Rand, found string) string) func(*rand.Rand, map[string]string) {
	return inOne(sheetPart, pattern, f)
}

func inOne(part, pattern string, f func(r *rand.Rand, found string) string) func(*rand.Rand, map[string]string) {
	places := regexp.MustCompile(pattern)
	return func(r *rand.Rand, parts map[string]string) {
		content := parts[part]
		found := places.FindAllStringSubmatchIndex(content, -1)
		if len(found) == 0 {
			return
		}
		m := pick(r, found)
		m = m[len(m)-2:]
		parts[part] = change(content, m[0], m[1], f(r, content[m[0]:m[1]]))
	}
}

// swapped exchanges two neighbours that a pattern finds.
func swapped(pattern string) func(*rand.Rand, map[string]string) {
	places := regexp.MustCompile(pattern)
	return func(r *rand.Rand, parts map[string]string) {
		s := parts[sheetPart]
		found := places.FindAllStringIndex(s, -1)
		i := r.IntN(len(found) - 1)
		a, b := found[i], found[i+1]
		parts[sheetPart] = s[:a[0]] + s[b[0]:b[1]] + s[a[1]:b[0]] + s[a[0]:a[1]] + s[b[1]:]
	}
}

func dropped(*rand.Rand, string) string         { return "" }
func doubled(_ *rand.Rand, found string) string { return found + found }

// oneOf replaces with one of the texts.
func oneOf(texts ...string) func(*rand.Rand, string) string {
	return func(r *rand.Rand, _ string) string { return pick(r, texts) }
}

// into puts one of the texts at any place where a pattern ends.
func into(pattern string, texts ...string) func(*rand.Rand, map[string]string) {
	places := regexp.MustCompile(pattern)
	return inPart(func(r *rand.Rand, content string) string {
		found := places.FindAllStringIndex(content, -1)
		if len(found) == 0 {
			return content
		}
		at := pick(r, found)[1]
		return change(content, at, at, pick(r, texts))
	})
}

const (
	aRow  = `<row [^>]*[^/]>.*?</row>`
	aCell = `<c [^>]*/>|<c [^>]*>.*?</c>`
)

// damageKinds are all the ways, in the order of the table.
func damageKinds() []damageKind {
	return []damageKind{
		{name: "bits flipped in the file", bytes: func(r *rand.Rand, data []byte) []byte {
			for range 1 + r.IntN(4) {
				data[r.IntN(len(data))] ^= 1 << r.IntN(8)
			}
			return data
		}},
		{name: "bytes of the file overwritten", bytes: func(r *rand.Rand, data []byte) []byte {
			from, to := spot(r, data, 512)
			for i := range data[from:to] {
				data[from+i] = byte(r.IntN(256) * (from % 2)) // rubbish, or zeros
			}
			return data
		}},
		{name: "bytes of the file lost", bytes: func(r *rand.Rand, data []byte) []byte {
			from, to := spot(r, data, 64)
			return slices.Delete(data, from, to)
		}},
		{name: "bytes of the file doubled", bytes: func(r *rand.Rand, data []byte) []byte {
			from, to := spot(r, data, 64)
			return slices.Insert(data, from, slices.Clone(data[from:to])...)
		}},
		{name: "file cut off", bytes: func(r *rand.Rand, data []byte) []byte { return data[:r.IntN(len(data))] }},
		{name: "checksum in the directory", bytes: func(r *rand.Rand, data []byte) []byte {
			data[pick(r, central(data))+16+r.IntN(4)] ^= byte(1 + r.IntN(255))
			return data
		}},
		{name: "sizes in the directory", bytes: func(r *rand.Rand, data []byte) []byte {
			at := pick(r, central(data)) + 20 + 4*r.IntN(2)
			binary.LittleEndian.PutUint32(data[at:], binary.LittleEndian.Uint32(data[at:])+uint32(r.IntN(200)-100))
			return data
		}},
		{name: "place in the directory", bytes: func(r *rand.Rand, data []byte) []byte {
			entries := central(data)
			to, from := pick(r, entries)+42, pick(r, entries)+42
			copy(data[to:to+4], data[from:from+4])
			return data
		}},
		{name: "entry of the directory doubled", bytes: func(r *rand.Rand, data []byte) []byte {
			entries := append(central(data), bytes.LastIndex(data, []byte("PK\x05\x06")))
			i := r.IntN(len(entries) - 1)
			entry := slices.Clone(data[entries[i]:entries[i+1]])
			data = slices.Insert(data, entries[i], entry...)
			end := data[bytes.LastIndex(data, []byte("PK\x05\x06")):]
			le := binary.LittleEndian
			le.PutUint16(end[8:], le.Uint16(end[8:])+1)
			le.PutUint16(end[10:], le.Uint16(end[10:])+1)
			le.PutUint32(end[12:], le.Uint32(end[12:])+uint32(len(entry)))
			return data
		}},
		{name: "part missing", part: func(r *rand.Rand, parts map[string]string) {
			delete(parts, pick(r, slices.Sorted(maps.Keys(parts))))
		}},
		{name: "part cut off", part: inPart(func(r *rand.Rand, s string) string { return s[:r.IntN(len(s))] })},
		{name: "bits flipped in a part", part: inPart(func(r *rand.Rand, s string) string {
			b := []byte(s)
			b[r.IntN(len(b))] ^= 1 << r.IntN(8)
			return string(b)
		})},
		{name: "a byte of a part replaced", part: inPart(func(r *rand.Rand, s string) string {
			at := r.IntN(len(s))
			return change(s, at, at+1, string(`0aA <>/"'=&;:-_.x`[r.IntN(17)]))
		})},
		{name: "bytes of a part lost", part: inPart(func(r *rand.Rand, s string) string {
			from, to := spot(r, []byte(s), 40)
			return change(s, from, to, "")
		})},
		{name: "control character", part: into(`<(v|t)>`, "\x00", "\x02", "\x0b", "\xff", "\ufffe")},
		{name: "entity", part: into(`<(v|t)>`, "&x;", "&nbsp;", "&#0;", "&#xD800;", "&", "&amp")},
		{name: "document type", part: func(r *rand.Rand, parts map[string]string) {
			name := pick(r, partsRead(parts))
			head := strings.Index(parts[name], "?>") + 2
			if head == 1 {
				head = 0
			}
			parts[name] = change(parts[name], head, head, pick(r, []string{"<!DOCTYPE x>", `<!DOCTYPE x [<!ENTITY a "1">]>`, "\n<!DOCTYPE x SYSTEM \"x.dtd\">"}))
		}},
		{name: "element unknown", part: onSheet(aRow+"|"+aCell, func(_ *rand.Rand, s string) string { return "<x>" + s + "</x>" })},
		{name: "end tag wrong", part: onSheet(`</(row|c|v|t)>`, oneOf("rov", "C", "vv", ""))},
		{name: "comment in a value", part: into(`<(v|t)>`, "<!-- -->", "<![CDATA[]]>", "<?x y?>")},
		{name: "text between elements", part: into(`</(c|row|v|si|sheet)>`, "7", "x", "]]>")},
		{name: "row lost", part: onSheet(aRow, dropped)},
		{name: "row doubled", part: onSheet(aRow, doubled)},
		{name: "rows swapped", part: swapped(aRow)},
		{name: "row number changed", part: onSheet(`<row r="(\d+)"`, oneOf("1", "2", "3", "7", "40", "0", "-1", "02", "x", "1048577", ""))},
		{name: "cell lost", part: onSheet(aCell, dropped)},
		{name: "cell doubled", part: onSheet(aCell, doubled)},
		{name: "cells swapped", part: swapped(aCell)},
		{name: "cell reference changed", part: onSheet(`<c r="(\w+)"`, oneOf("A1", "B2", "C3", "D4", "A", "4", "a2", "A02", "XFE2", "AAAA2", "A1:B2", ""))},
		{name: "cell type changed", part: onSheet(`<c r="\w+"(?: s="\d+")?( t="\w+"|)`, oneOf(` t="s"`, ` t="str"`, ` t="n"`, ` t="b"`, ` t="e"`, ` t="d"`, ` t="inlineStr"`, ` t="z"`, ` t=""`, ""))},
		{name: "cell style changed", part: onSheet(`<c r="\w+"( s="\d+"|)`, oneOf(` s="0"`, ` s="1"`, ` s="2"`, ` s="99"`, ` s="-1"`, ` s="x"`, ""))},
		{name: "attribute doubled", part: onSheet(` (?:r|t|s)="\w+"`, func(r *rand.Rand, s string) string {
			return s + pick(r, []string{s, s[:4] + pick(r, []string{"1", "s", "n", "B2"}) + `"`})
		})},
		{name: "value doubled", part: onSheet(`<v>.*?</v>|<is>.*?</is>`, doubled)},
		{name: "rows stand twice", part: onSheet(`(?s)<sheetData>.*</sheetData>`, doubled)},
		{name: "index of a string changed", part: onSheet(`t="s"[^>]*><v>(\d+)</v>`, oneOf("0", "1", "5", "99", "x7", "-1", "00", "1.0", "+1", " 1", ""))},
		{name: "string lost", part: inOne(stringsPart, `<si>.*?</si>`, dropped)},
		{name: "value changed", part: onSheet(`<v>(\d+)</v>`, func(r *rand.Rand, s string) string {
			return pick(r, []string{s + "0", fmt.Sprint(r.IntN(50_000)), "1e3", "0x10", "1_0", "1,5", "NaN", "-" + s})
		})},
		{name: "relation changed", part: inOne("xl/_rels/workbook.xml.rels", `(?:Id|Type|Target)="([^"]*)"`, oneOf("rId1", "rId2", "x", "", "x/styles", "x/sharedStrings", "x/worksheet", "worksheets/sheet1.xml", "../sheet1.xml"))},
	}
}
