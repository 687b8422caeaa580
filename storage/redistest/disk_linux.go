package redistest

import (
	"io/fs"
	"math"
	"os/signal"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// Servers inherit that a file which may not grow is an error of the write, and not
// their end.
func init() { signal.Ignore(unix.SIGXFSZ) }

// FillDisk lets the server's largest file grow by so many bytes and no more, as on a
// disk that is full, until FreeDisk.
func (s *Server) FillDisk(left int64) {
	s.t.Helper()
	var largest int64
	err := filepath.WalkDir(s.dir, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := entry.Info()
		if err == nil {
			largest = max(largest, info.Size())
		}
		return err
	})
	if err != nil {
		s.t.Fatalf("redistest: %v", err)
	}
	s.limitFiles(uint64(largest + left))
}

// FreeDisk lets files grow again.
func (s *Server) FreeDisk() {
	s.t.Helper()
	s.limitFiles(math.MaxUint64)
}

// limitFiles is the size that files of the server may have.
func (s *Server) limitFiles(size uint64) {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.command == nil {
		s.t.Fatal("redistest: the server does not run")
	}
	limit := unix.Rlimit{Cur: size, Max: math.MaxUint64} // RLIM_INFINITY
	if err := unix.Prlimit(s.command.Process.Pid, unix.RLIMIT_FSIZE, &limit, nil); err != nil {
		s.t.Fatalf("redistest: limit the size of files: %v", err)
	}
}
