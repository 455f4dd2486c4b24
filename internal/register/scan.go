package register

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"hash"
	"io"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// The scanner reads an extract of any length in little memory: one goroutine
// cuts the stream into chunks at line ends outside quotes, one hashes what was
// read, and as many as there are processors count.

const (
	chunkSize  = 512 << 10 // with its index about what a core's cache holds
	maxRowSize = 16 << 20  // a row longer than this is a quote left open
	maxFaults  = 50        // of one extract that are told in full
)

// chunk is a piece of the stream that begins and ends between rows.
type chunk struct {
	number int
	buf    []byte // blockSize more than any data
	data   []byte // ends with a line end
	fresh  []byte // the part of buf that was read for it, to be hashed
	quoted bool   // there may be quotes in it
	users  atomic.Int32
}

// place is where a fault stands before line numbers are known.
type place struct{ chunk, line, column int } // the column counts from 0; -1 is the row

type scanFault struct {
	place
	message string
}

// scan is one extract being scanned.
type scan struct {
	counting  *counting
	layout    *layout
	separator byte

	free   chan *chunk
	work   chan *chunk
	hashed chan *chunk

	mu     sync.Mutex
	lines  []int // lines of each chunk
	faults []scanFault
	more   int // faults beyond maxFaults
	total  *totals
	first  map[int]place // the first row counted of each month

	unended bool  // the last line has no line end
	readErr error // what stopped the reading
	read    func(int64)
}

// scanCSV counts the rows of a stream behind its header. sum hashes what is
// read, unless it is nil. size is that of a chunk.
func (c *counting) scanCSV(r io.Reader, l *layout, separator byte, sum hash.Hash, progress func(int64), size int) *scan {
	workers := runtime.GOMAXPROCS(0)
	s := &scan{
		counting: c, layout: l, separator: separator, total: newTotals(), first: map[int]place{}, read: progress,
		free: make(chan *chunk, 2*workers+2), work: make(chan *chunk, 2*workers+2), hashed: make(chan *chunk, 2*workers+2),
	}
	for range cap(s.free) {
		s.free <- &chunk{buf: make([]byte, size+blockSize+1)}
	}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(s.countChunks)
	}
	wg.Go(func() {
		for k := range s.hashed {
			sum.Write(k.fresh)
			s.release(k)
		}
	})
	s.readErr = s.cut(r, sum != nil)
	close(s.work)
	close(s.hashed)
	wg.Wait()
	return s
}

func (s *scan) release(k *chunk) {
	if k.users.Add(-1) == 0 {
		s.free <- k
	}
}

// cut reads the stream into chunks. What follows the last line end of a chunk
// begins the next one.
func (s *scan) cut(r io.Reader, hashing bool) error {
	var rest []byte
	for number := 0; ; number++ {
		k := <-s.free
		if need := 2*len(rest) + blockSize + 1; len(k.buf) < need {
			k.buf = make([]byte, need)
		}
		filled := copy(k.buf, rest)
		n, err := readFull(r, k.buf[filled:len(k.buf)-blockSize-1])
		k.number, k.fresh = number, k.buf[filled:filled+n]
		if s.read != nil {
			s.read(int64(n))
		}
		filled += n
		end := errors.Is(err, io.EOF)
		if err != nil && !end {
			return err
		}
		k.data = k.buf[:filled]
		if end {
			if filled > 0 && k.data[filled-1] != '\n' {
				s.unended = true
				k.data = k.buf[:filled+1]
				k.data[filled] = '\n'
			}
			k.quoted = bytes.IndexByte(k.data, '"') >= 0
			rest = nil
		} else {
			var at int
			at, k.quoted = lastRowEnd(k.data)
			if at < 0 && filled > maxRowSize {
				return fmt.Errorf("a row is longer than %d MB: a quote is opened and never closed, or this is no CSV file", maxRowSize>>20)
			}
			rest = append(rest[:0], k.data[at+1:]...)
			k.data = k.data[:at+1]
		}
		s.mu.Lock()
		s.lines = append(s.lines, 0)
		s.mu.Unlock()
		k.users.Store(1)
		if hashing {
			k.users.Store(2)
			s.hashed <- k
		}
		s.work <- k
		if end {
			return nil
		}
	}
}

// lastRowEnd is the place of the last line end that is not inside quotes, or
// -1, and whether there are quotes at all. The data begins between rows, so a
// line end is inside where the quotes before it are odd in number.
func lastRowEnd(data []byte) (at int, quoted bool) {
	quotes := bytes.Count(data, []byte{'"'})
	odd := quotes%2 == 1
	for end := len(data); ; {
		at := bytes.LastIndexByte(data[:end], '\n')
		if at < 0 {
			return -1, quotes > 0
		}
		if bytes.Count(data[at:end], []byte{'"'})%2 == 1 {
			odd = !odd
		}
		if !odd {
			return at, quotes > 0
		}
		end = at
	}
}

// readFull fills p unless the stream ends.
func readFull(r io.Reader, p []byte) (int, error) {
	n := 0
	for n < len(p) {
		m, err := r.Read(p[n:])
		n += m
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// countChunks counts chunks until there are no more.
func (s *scan) countChunks() {
	w := newWorker(s)
	for k := range s.work {
		w.chunk(k)
		s.release(k)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	w.spill()
	s.total.merge(w.totals)
}

// fault keeps a fault until line numbers are known; of very many, the first.
func (s *scan) fault(at place, message string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, scanFault{at, message})
	if len(s.faults) >= 4*maxFaults {
		s.sortFaults()
		s.more += len(s.faults) - maxFaults
		s.faults = s.faults[:maxFaults]
	}
}

// met keeps where a month is met first.
func (s *scan) met(year, month int, at place) {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := monthOf(year, month)
	if have, met := s.first[m]; !met || cmp.Or(cmp.Compare(at.chunk, have.chunk), cmp.Compare(at.line, have.line)) < 0 {
		s.first[m] = at
	}
}

func (s *scan) sortFaults() {
	slices.SortFunc(s.faults, func(a, b scanFault) int {
		return cmp.Or(cmp.Compare(a.chunk, b.chunk), cmp.Compare(a.line, b.line), cmp.Compare(a.column, b.column))
	})
}

// chunkLines are the lines on which the chunks begin.
func (s *scan) chunkLines(first int) []int {
	begin := make([]int, len(s.lines)+1)
	begin[0] = first
	for i, n := range s.lines {
		begin[i+1] = begin[i] + n
	}
	return begin
}

// firstLines are the lines of the first row counted of each month.
func (s *scan) firstLines(first int) map[int]int {
	begin := s.chunkLines(first)
	lines := map[int]int{}
	for month, at := range s.first {
		lines[month] = begin[at.chunk] + at.line
	}
	return lines
}

// told returns the faults in order of lines, each with its line, and how many
// more there are. first is the line on which the first chunk begins.
func (s *scan) told(first int) (faults []scanFault, more int) {
	begin := s.chunkLines(first)
	s.sortFaults()
	for i, f := range s.faults {
		s.faults[i].line = begin[f.chunk] + f.line
	}
	more = s.more + max(0, len(s.faults)-maxFaults)
	return s.faults[:min(maxFaults, len(s.faults))], more
}
