package main

import (
	"bytes"
	"context"
	"encoding/json"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// patience is how long a test waits for what should take a moment.
const patience = 20 * time.Second

// start runs the program to its end, with nothing in its environment but what
// is given.
func start(t *testing.T, environ []string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = Main(t.Context(), args, strings.NewReader(""), &out, &errs, environ)
	return code, out.String(), errs.String()
}

// running is a program that goes on until it is told to end.
type running struct {
	t              *testing.T
	stdout, stderr *output
	cancel         context.CancelFunc
	code           chan int
}

// begin starts the program and leaves it running. The test ends it if it does
// not itself.
func begin(t *testing.T, environ []string, args ...string) *running {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r := &running{t: t, stdout: newOutput(), stderr: newOutput(), cancel: cancel, code: make(chan int, 1)}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		r.code <- Main(ctx, args, strings.NewReader(""), r.stdout, r.stderr, environ)
	}()
	t.Cleanup(func() {
		cancel()
		<-ended
	})
	return r
}

// end tells the program to end, as Ctrl-C does, and returns its exit code.
func (r *running) end() int {
	r.t.Helper()
	r.cancel()
	return r.wait()
}

func (r *running) wait() int {
	r.t.Helper()
	select {
	case code := <-r.code:
		return code
	case <-time.After(patience):
		r.t.Fatalf("the program did not end\n%s\n%s", r.stdout, r.stderr)
		return -1
	}
}

// says waits until the program has printed the text.
func (r *running) says(text string) string {
	r.t.Helper()
	deadline := time.After(patience)
	for {
		printed, more := r.stdout.now()
		if strings.Contains(printed, text) {
			return printed
		}
		select {
		case <-more:
		case code := <-r.code:
			r.t.Fatalf("the program ended with %d before it said %q\n%s\n%s", code, text, printed, r.stderr)
		case <-deadline:
			r.t.Fatalf("the program did not say %q\n%s\n%s", text, printed, r.stderr)
		}
	}
}

// output keeps what is written and tells when there is more.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{} // closed at the next write
}

func newOutput() *output { return &output{more: make(chan struct{})} }

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	close(o.more)
	o.more = make(chan struct{})
	return o.text.Write(p)
}

func (o *output) now() (string, <-chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String(), o.more
}

func (o *output) String() string {
	text, _ := o.now()
	return text
}

func TestExitCodes(t *testing.T) {
	for _, test := range []struct {
		name    string
		environ []string
		args    []string
		code    int
		says    string // on stderr
	}{
		{"unknown command", nil, []string{"rum"}, exitUsage, `unknown command "rum"`},
		{"unknown flag", nil, []string{"run", "--verbose"}, exitUsage, "unknown flag: --verbose"},
		{"argument too many", nil, []string{"run", "fast"}, exitUsage, `unknown command "fast"`},
		{"argument missing", nil, []string{"backup"}, exitUsage, "accepts 1 arg(s), received 0"},
		{"impossible prefix", nil, []string{"manifest", "--prefix", "/acme"}, exitUsage, "--prefix"},
		{"secrets have no flags", nil, []string{"run", "--slack-bot-token", "xoxb-1-sesame"}, exitUsage, "unknown flag: --slack-bot-token"},
		{"no settings", nil, []string{"run"}, exitSettings, "slack.bot_token: it is not set."},
		{"no file", tokens, []string{"run", "--config", "/does/not/exist.yaml"}, exitSettings, "/does/not/exist.yaml: the file does not exist."},
		{"file from the environment", append([]string{"ALIGNBOT_CONFIG=/does/not/exist.yaml"}, tokens...), []string{"run"}, exitSettings, "/does/not/exist.yaml: the file does not exist."},
		{"impossible flag", tokens, []string{"run", "--log-level=loud"}, exitSettings, "log.level (--log-level): there is no such level."},
		{"doctor with wrong settings", nil, []string{"doctor"}, exitSettings, "slack.app_token: it is not set."},
		{"demo with a wrong level", nil, []string{"demo", "--log-level=loud"}, exitSettings, "log.level: there is no such level."},
		{"backup from nowhere", []string{"ALIGNBOT_REDIS_URL=redis://127.0.0.1:1"}, []string{"backup", "-"}, exitFailed, "the backup is not complete"},
		{"restore of no file", nil, []string{"restore", "/does/not/exist"}, exitFailed, "nothing was changed"},
		{"help", nil, []string{"--help"}, exitOK, ""},
		{"nothing", nil, nil, exitOK, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			code, stdout, stderr := start(t, test.environ, test.args...)
			if code != test.code || !strings.Contains(stderr, test.says) {
				t.Errorf("exit code %d, want %d\n%s%s", code, test.code, stdout, stderr)
			}
			if test.code == exitOK && !strings.Contains(stdout, "alignbot demo") {
				t.Errorf("the help does not name the first command to try:\n%s", stdout)
			}
		})
	}
}

func TestConfigCheck(t *testing.T) {
	code, stdout, stderr := start(t, tokens, "config", "check", "--config", exampleFile)
	if code != exitOK || !strings.HasPrefix(stdout, "The settings are right.") {
		t.Errorf("exit code %d\n%s%s", code, stdout, stderr)
	}
	code, stdout, _ = start(t, []string{"ALIGNBOT_SLACK_BOT_TOKEN=xapp-1-sesame", "ALIGNBOT_REDIS_URL=redis://:sesame@"}, "config", "check", "--json", "--slack-sockets=0")
	var answer struct {
		OK       bool
		Problems []SettingProblem
	}
	if err := json.Unmarshal([]byte(stdout), &answer); err != nil {
		t.Fatalf("%v\n%s", err, stdout)
	}
	var keys []string
	for _, p := range answer.Problems {
		keys = append(keys, p.Key)
	}
	if diff := cmp.Diff([]string{"slack.bot_token", "slack.app_token", "slack.sockets", "redis.url"}, keys); diff != "" || answer.OK || code != exitSettings {
		t.Errorf("exit code %d, ok %v, (-want +got)\n%s", code, answer.OK, diff)
	}
	if strings.Contains(stdout, "sesame") {
		t.Errorf("a secret is shown:\n%s", stdout)
	}
	if _, stdout, _ = start(t, tokens, "config", "check", "--json"); stdout != `{"ok":true,"problems":[]}`+"\n" {
		t.Errorf("got %s", stdout)
	}
}

func TestVersion(t *testing.T) {
	code, stdout, _ := start(t, nil, "version")
	if code != exitOK || !strings.HasPrefix(stdout, "alignbot ") || !strings.Contains(stdout, "go1.") {
		t.Errorf("exit code %d: %s", code, stdout)
	}
	info := &debug.BuildInfo{GoVersion: "go1.26.8"}
	info.Main.Version = "v1.2.3"
	info.Settings = []debug.BuildSetting{{Key: "GOARCH", Value: "arm64"}, {Key: "GOOS", Value: "linux"}, {Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: "true"}}
	if got := versionLine(info); got != "alignbot v1.2.3 go1.26.8 arm64 linux commit abc with local changes" {
		t.Errorf("got %q", got)
	}
	code, _, stderr := start(t, nil, "version", exampleFile)
	if code != exitFailed || !strings.Contains(stderr, "carries no build information") {
		t.Errorf("exit code %d: %s", code, stderr)
	}
}

func TestBillOfMaterialsNamesEveryModule(t *testing.T) {
	info := &debug.BuildInfo{GoVersion: "go1.26.8", Deps: []*debug.Module{
		{Path: "example.com/a", Version: "v1.0.0+incompatible"},
		{Path: "example.com/b", Version: "v1.0.0", Replace: &debug.Module{Path: "example.com/c", Version: "v2.0.0"}},
	}}
	var refs []string
	for _, c := range billOfMaterials(info).Components {
		refs = append(refs, c.PURL)
	}
	if diff := cmp.Diff([]string{"pkg:golang/std@1.26.8", "pkg:golang/example.com/a@v1.0.0%2Bincompatible", "pkg:golang/example.com/c@v2.0.0"}, refs); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	code, stdout, stderr := start(t, nil, "version", "--sbom")
	var got bom
	if err := json.Unmarshal([]byte(stdout), &got); err != nil || code != exitOK || got.Format != "CycloneDX" {
		t.Errorf("exit code %d, %v\n%s%s", code, err, stdout, stderr)
	}
}
