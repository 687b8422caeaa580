//go:build !linux

package redistest

// FillDisk skips the test: only Linux limits the files of another process.
func (s *Server) FillDisk(int64) {
	s.t.Helper()
	s.t.Skip("a full disk is made with prlimit, which only Linux has")
}

// FreeDisk does nothing.
func (*Server) FreeDisk() {}
