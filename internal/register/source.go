package register

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"os"

	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// source is a file being read: unpacked if it was packed, and hashed as it
// lies on disk while it is read.
type source struct {
	*bufio.Reader
	name  string
	file  *os.File  // nil for standard input
	size  int64     // bytes on disk, 0 where not known
	hash  hash.Hash // of the bytes on disk
	disk  io.Reader // what is hashed on the way, where plain is not set
	plain bool      // what is read is what lies on disk: the reader may hash it
	close func()
}

// headSize is how much of a file is looked at to see what it is.
const headSize = 64 << 10

func (r *reader) open(name string) (*source, error) {
	s := &source{name: name, hash: sha256.New(), plain: true, close: func() {}}
	raw := r.request.Stdin
	if name != Stdin {
		f, err := os.Open(name)
		if err != nil {
			if pathErr, ok := errors.AsType[*os.PathError](err); ok {
				err = pathErr.Err
			}
			return nil, fmt.Errorf("cannot be read: %w", err)
		}
		if info, err := f.Stat(); err == nil {
			if info.IsDir() {
				return nil, errors.Join(errors.New("this is a folder; name the files in it"), f.Close())
			}
			s.size = info.Size()
		}
		raw, s.file, s.close = f, f, func() { _ = f.Close() } // only read
	}
	s.Reader = bufio.NewReaderSize(raw, headSize)
	head, err := s.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("cannot be read: %w", err)
	}
	switch {
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		unpacked, err := gzip.NewReader(s.hashed())
		if err != nil {
			return nil, fmt.Errorf("this .gz file is damaged: %w; ask for it again", err)
		}
		s.Reader = bufio.NewReaderSize(unpacked, headSize)
	case bytes.HasPrefix(head, []byte("\x28\xb5\x2f\xfd")):
		unpacked, err := zstd.NewReader(s.hashed(), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(64<<20))
		if err != nil {
			return nil, fmt.Errorf("this .zst file is damaged: %w; ask for it again", err)
		}
		closeFile := s.close
		s.close = func() { unpacked.Close(); closeFile() }
		s.Reader = bufio.NewReaderSize(unpacked, headSize)
	}
	return s, nil
}

// hashed is the stream with everything hashed that is read from it.
func (s *source) hashed() io.Reader {
	s.plain = false
	s.disk = bufio.NewReaderSize(io.TeeReader(s.Reader, s.hash), headSize)
	return s.disk
}

// utf8 reads UTF-16 with a byte order mark as UTF-8 from here on.
func (s *source) utf8() {
	raw := io.Reader(s.Reader)
	if s.plain {
		raw = s.hashed()
	}
	s.Reader = bufio.NewReaderSize(transform.NewReader(raw, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()), headSize)
}

// readerAt is the file for reading anywhere in it, as a zip file needs; its
// bytes are hashed first. What is no plain file comes into memory.
func (s *source) readerAt() (io.ReaderAt, int64, error) {
	if s.file == nil || !s.plain {
		data, err := s.all()
		return bytes.NewReader(data), int64(len(data)), err
	}
	if _, err := io.Copy(s.hash, io.NewSectionReader(s.file, 0, s.size)); err != nil {
		return nil, 0, fmt.Errorf("cannot be read: %w", err)
	}
	return s.file, s.size, nil
}

// maxWhole is the most that is read as a whole: tables of counts are small.
const maxWhole = 256 << 20

// all reads the rest as a whole.
func (s *source) all() ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(s, maxWhole+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("cannot be read to its end: %w; if it is cut off or damaged, ask for it again", err)
	case len(data) > maxWhole:
		return nil, fmt.Errorf("the file is larger than %d MB and not a row-level extract (no column OP with codes was found)", maxWhole>>20)
	case s.plain:
		s.hash.Write(data)
	}
	return data, nil
}

// sum is the SHA-256 of the file as it lies on disk, once it was read.
func (s *source) sum() (string, error) {
	if s.disk != nil { // what follows the packed data is part of the file too
		if _, err := io.Copy(io.Discard, s.disk); err != nil {
			return "", fmt.Errorf("cannot be read to its end: %w; if it is cut off or damaged, ask for it again", err)
		}
	}
	return hex.EncodeToString(s.hash.Sum(nil)), nil
}

// lineEnds reads CR as LF, for files whose only line ends are CR.
type lineEnds struct{ io.Reader }

func (l lineEnds) Read(p []byte) (int, error) {
	n, err := l.Reader.Read(p)
	for i, b := range p[:n] {
		if b == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}

// carriageReturns makes every CR a line end from here on.
func (s *source) carriageReturns() {
	raw := io.Reader(s.Reader)
	if s.plain {
		raw = s.hashed()
	}
	s.Reader = bufio.NewReaderSize(lineEnds{raw}, headSize)
}
