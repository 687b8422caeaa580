package redistest

import (
	"fmt"
	"os/exec"
	"slices"
	"strconv"
	"sync"
	"testing"
)

// Main runs the tests of a package over one server, in whose databases Start puts them,
// instead of one server each: starting it takes longer than most tests. What StartServer
// gives stays a test's own. It is for a TestMain.
type Main struct{ *testing.M }

// Run gives the exit code of the tests.
func (m Main) Run() int {
	if _, err := exec.LookPath("redis-server"); err == nil {
		shared.start = sync.OnceFunc(startShared)
	}
	defer Package.end()
	return m.M.Run()
}

// databases is how many tests can run at the same time.
const databases = 256

// shared is the server of all tests of the package. It is started for the first that
// wants it: a test may run its own executable again as something else, and end it
// without cleaning up. start is nil where each test has a server of its own.
var shared struct {
	start  func()
	server *Server
	mu     sync.Mutex
	free   []int
}

func startShared() {
	shared.server = StartServer(&Package, "--databases", strconv.Itoa(databases))
	for number := range databases {
		shared.free = append(shared.free, number)
	}
}

// database gives the test an empty database of the shared server until it ends.
func database(t testing.TB) (url string, ok bool) {
	t.Helper()
	if shared.start == nil {
		return "", false
	}
	shared.start()
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if len(shared.free) == 0 {
		return "", false
	}
	number := shared.free[0]
	shared.free = shared.free[1:]
	t.Cleanup(func() {
		shared.server.in(number, "FLUSHDB")
		shared.mu.Lock()
		defer shared.mu.Unlock()
		shared.free = append(shared.free, number)
	})
	return shared.server.URL() + strconv.Itoa(number), true
}

// Package stands for all tests that Main runs, where something is to live as long as
// they do.
var Package PackageTB

// PackageTB is the type of Package.
type PackageTB struct {
	testing.TB
	mu       sync.Mutex
	cleanups []func()
}

// Helper does nothing: there is no test to name.
func (*PackageTB) Helper() {}

// Fatal ends the tests.
func (*PackageTB) Fatal(args ...any) { panic(fmt.Sprint(args...)) }

// Fatalf ends the tests.
func (*PackageTB) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }

// Cleanup has f called after all tests.
func (p *PackageTB) Cleanup(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.cleanups = append(p.cleanups, f)
}

// end calls what Cleanup was given, the last first.
func (p *PackageTB) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, cleanup := range slices.Backward(p.cleanups) {
		cleanup()
	}
}
