//go:build unix

package redistest

import "syscall"

// Freeze stops the server without closing its connections (SIGSTOP).
func (s *Server) Freeze() { s.signal(syscall.SIGSTOP) }

// Thaw lets a frozen server go on.
func (s *Server) Thaw() { s.signal(syscall.SIGCONT) }
