package register

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// blockSize is how many bytes the index takes at a time. Every buffer has room
// for as many behind its data, so that no block ends outside; what stands there
// does not matter.
const blockSize = 64

// index is where the separators and line ends of a chunk stand, those inside
// quotes left out. It is found eight bytes at a time by arithmetic on words:
// a byte equals c exactly if its difference from c is zero, and
// ((x & 0x7f) + 0x7f) | x has the high bit clear only for a zero byte x.
type index struct {
	ends     []uint32 // places of separators and line ends, in order
	newlines int      // line ends among them
	quoted   bool     // the chunk holds quotes
	badQuote int      // place of a quote that stands wrong, or -1
}

const (
	low7  = 0x7f7f7f7f7f7f7f7f
	high1 = 0x8080808080808080
	ones  = 0x0101010101010101
	// gather moves the high bits of eight bytes, shifted down, into the top byte.
	gather = 0x0102040810204080
)

// build indexes a chunk, which begins and ends outside quotes. data has room
// for blockSize bytes behind it within its capacity.
// quoted says whether there is any quote in it.
func (x *index) build(data []byte, separator byte, quoted bool) {
	x.ends = x.ends[:cap(x.ends)]
	x.badQuote = -1
	if x.quoted = quoted; quoted {
		x.buildQuoted(data, separator)
		return
	}
	x.newlines = bytes.Count(data, []byte{'\n'})
	ends := x.ends
	padded := data[:len(data)+blockSize]
	sep := uint64(separator) * ones
	n := 0
	for i := 0; i < len(data); i += blockSize {
		b := (*[blockSize]byte)(padded[i:])
		m := endsIn(binary.LittleEndian.Uint64(b[0:]), sep) |
			endsIn(binary.LittleEndian.Uint64(b[8:]), sep)<<8 |
			endsIn(binary.LittleEndian.Uint64(b[16:]), sep)<<16 |
			endsIn(binary.LittleEndian.Uint64(b[24:]), sep)<<24 |
			endsIn(binary.LittleEndian.Uint64(b[32:]), sep)<<32 |
			endsIn(binary.LittleEndian.Uint64(b[40:]), sep)<<40 |
			endsIn(binary.LittleEndian.Uint64(b[48:]), sep)<<48 |
			endsIn(binary.LittleEndian.Uint64(b[56:]), sep)<<56
		if len(ends)-n < blockSize {
			ends = grown(ends, n)
		}
		n += flatten((*[blockSize]uint32)(ends[n:]), m&within(len(data)-i), uint32(i))
	}
	x.ends = ends[:n]
}

// grown is a longer slice with the first n places kept. Fields are seldom so
// short that the longest possible is needed.
func grown(ends []uint32, n int) []uint32 {
	longer := make([]uint32, max(1<<14, 2*len(ends)))
	copy(longer, ends[:n])
	return longer
}

// within has the bits of the bytes of a block that are data.
func within(left int) uint64 {
	if left >= blockSize {
		return ^uint64(0)
	}
	return 1<<left - 1
}

// endsIn has bit k set where byte k of w is the separator, which is repeated in
// sep, or a line end.
func endsIn(w, sep uint64) uint64 {
	l := w & low7
	z := ((l ^ sep) + low7) & ((l ^ '\n'*ones) + low7) // high bit clear: equal but for the high bit of w
	return ((high1 &^ (z | w)) >> 7) * gather >> 56
}

// equal1 has bit k set where byte k of w is the byte repeated in a.
func equal1(w, a uint64) uint64 {
	return ((high1 &^ (((w & low7) ^ a) + low7 | w)) >> 7) * gather >> 56
}

// flatten writes the places of the set bits, eight and then four at a time
// whether there are as many or not: what is too much is written over by the
// next block.
func flatten(out *[blockSize]uint32, m uint64, base uint32) int {
	n := bits.OnesCount64(m)
	out[0] = base + uint32(bits.TrailingZeros64(m))
	m &= m - 1
	out[1] = base + uint32(bits.TrailingZeros64(m))
	m &= m - 1
	out[2] = base + uint32(bits.TrailingZeros64(m))
	m &= m - 1
	out[3] = base + uint32(bits.TrailingZeros64(m))
	m &= m - 1
	out[4] = base + uint32(bits.TrailingZeros64(m))
	m &= m - 1
	out[5] = base + uint32(bits.TrailingZeros64(m))
	m &= m - 1
	out[6] = base + uint32(bits.TrailingZeros64(m))
	m &= m - 1
	out[7] = base + uint32(bits.TrailingZeros64(m))
	m &= m - 1
	for k := 8; k < n; k += 4 {
		o := (*[4]uint32)(out[k:])
		o[0] = base + uint32(bits.TrailingZeros64(m))
		m &= m - 1
		o[1] = base + uint32(bits.TrailingZeros64(m))
		m &= m - 1
		o[2] = base + uint32(bits.TrailingZeros64(m))
		m &= m - 1
		o[3] = base + uint32(bits.TrailingZeros64(m))
		m &= m - 1
	}
	return n
}

// buildQuoted does the same where there are quotes. The bits between an
// opening and a closing quote are found by adding up the quotes modulo 2, and
// the same bits show a quote that stands neither at an end of a field nor
// doubled.
func (x *index) buildQuoted(data []byte, separator byte) {
	ends := x.ends
	padded := data[:len(data)+blockSize]
	sep, nl, quote := uint64(separator)*ones, uint64('\n')*ones, uint64('"')*ones
	cr := uint64('\r') * ones
	n := 0
	x.newlines = 0
	var inside uint64      // all ones while a quote is open
	lastEnd := uint64(1)   // the byte before the block ends a field
	lastOpen := 0          // the place of the last opening quote
	lastClose := uint64(0) // the byte before the block closes a quote
	for i := 0; i < len(data); i += blockSize {
		b := (*[blockSize]byte)(padded[i:])
		var s, l, q, r, next uint64
		for k := range 8 {
			w := binary.LittleEndian.Uint64(b[8*k:])
			shift := 8 * k
			s |= equal1(w, sep) << shift
			l |= equal1(w, nl) << shift
			q |= equal1(w, quote) << shift
			r |= equal1(w, cr) << shift
		}
		there := within(len(data) - i)
		q &= there
		in := q
		in ^= in << 1
		in ^= in << 2
		in ^= in << 4
		in ^= in << 8
		in ^= in << 16
		in ^= in << 32
		in ^= inside
		inside = uint64(int64(in) >> 63)

		l &= there &^ in
		end := s&there&^in | l
		opens, closes := q&in, q&^in
		// An opening quote follows an end of a field, or closes a doubled one;
		// a closing quote is followed by an end, a line end's CR or its double.
		bad := opens &^ (end<<1 | lastEnd | closes<<1 | lastClose)
		if i+blockSize < len(data) && data[i+blockSize] == '\n' {
			next = 1 << 63
		}
		bad |= (closes<<1 | lastClose) &^ (end | opens | r&^in&(l>>1|next)) & there
		if bad != 0 && x.badQuote < 0 {
			x.badQuote = i + bits.TrailingZeros64(bad)
		}
		if opens != 0 {
			lastOpen = i + blockSize - 1 - bits.LeadingZeros64(opens)
		}
		lastEnd, lastClose = end>>63, closes>>63
		x.newlines += bits.OnesCount64(l)
		if len(ends)-n < blockSize {
			ends = grown(ends, n)
		}
		n += flatten((*[blockSize]uint32)(ends[n:]), end, uint32(i))
	}
	if inside != 0 && x.badQuote < 0 {
		x.badQuote = lastOpen // never closed
	}
	x.ends = ends[:n]
}
