// Package receipt turns everything that a payout workbook was computed from
// into text that fits into cells of the workbook, and back: the counts with
// their places, the other lists, the hashes of the files, the rule sets with
// what --set replaced, the language and the version of the program. From it
// alone the workbook can be computed again.
//
// The same input gives the same text wherever the files lie: they are named
// without their folders. Decode trusts nothing: a workbook passes many hands.
package receipt

import (
	"bytes"
	"compress/flate"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/kortakoer/kortakoer/allocation"
	"github.com/kortakoer/kortakoer/rules"
)

// Receipt is what a workbook was computed from.
type Receipt struct {
	Version  string // of the program
	Language string // of the workbook
	Sets     []*rules.RuleSet
	Input    *allocation.Input // files are named as outputs name them
}

// Text is a receipt as it stands in a workbook: the first cell begins with
// Mark and tells the checksum and the number of the others.
type Text struct {
	SHA256 string // of the content, in hexadecimal
	Cells  []string
}

// Mark begins the first cell. The number is that of the form.
const Mark = "kortakoer-receipt/1 "

const (
	cellSize = 30_000   // characters; Excel's limit is 32 767
	maxSize  = 64 << 20 // bytes of the content unpacked: a small text can hold a bomb
)

// ErrDamaged means that the text is not as it was written.
var ErrDamaged = errors.New("the receipt was changed or damaged")

// Encode writes a receipt.
func Encode(r Receipt) (Text, error) {
	content, err := json.Marshal(newDocument(r))
	if err != nil {
		return Text{}, err
	}
	return pack(content)
}

// pack makes text of the content, with its checksum.
func pack(content []byte) (Text, error) {
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, flate.BestSpeed) // a third of the time for a fifth more text
	if err != nil {
		return Text{}, err
	}
	if _, err := w.Write(content); err != nil {
		return Text{}, err
	}
	if err := w.Close(); err != nil {
		return Text{}, err
	}
	sum := sha256.Sum256(content)
	t := Text{SHA256: hex.EncodeToString(sum[:]), Cells: []string{""}}
	for text := base64.StdEncoding.EncodeToString(packed.Bytes()); text != ""; {
		n := min(cellSize, len(text))
		t.Cells = append(t.Cells, text[:n])
		text = text[n:]
	}
	t.Cells[0] = fmt.Sprintf("%ssha256=%s cells=%d", Mark, t.SHA256, len(t.Cells)-1)
	return t, nil
}

// Cells returns how many cells follow a first one; 0 where it is none.
func Cells(first string) int {
	_, count, ok := strings.Cut(first, " cells=")
	n, err := strconv.Atoi(count)
	if !ok || err != nil || !strings.HasPrefix(first, Mark) || n < 1 || n > maxSize/cellSize {
		return 0
	}
	return n
}

// Decode reads a receipt, the first cell and those that follow it. The error
// wraps ErrDamaged, or says what a rule set in it lacks.
func Decode(cells []string) (*Receipt, error) {
	damaged := func(what string) error { return fmt.Errorf("%w: %s", ErrDamaged, what) }
	if len(cells) == 0 || Cells(cells[0]) != len(cells)-1 {
		return nil, damaged("cells are missing")
	}
	packed, err := base64.StdEncoding.Strict().DecodeString(strings.Join(cells[1:], ""))
	if err != nil {
		return nil, damaged("it is not base64")
	}
	content, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(packed)), maxSize+1))
	if err != nil || len(content) > maxSize {
		return nil, damaged("it cannot be unpacked")
	}
	sum := sha256.Sum256(content)
	if !strings.HasPrefix(cells[0], Mark+"sha256="+hex.EncodeToString(sum[:])+" ") {
		return nil, damaged("its checksum is another")
	}
	var d document
	in := json.NewDecoder(bytes.NewReader(content))
	in.DisallowUnknownFields()
	if err := in.Decode(&d); err != nil {
		return nil, damaged("its content is not that of a receipt")
	}
	return d.receipt()
}
