package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/storage"
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
	return r.prints(r.stdout, text)
}

// warns waits until the text is in the log.
func (r *running) warns(text string) string {
	r.t.Helper()
	return r.prints(r.stderr, text)
}

func (r *running) prints(to *output, text string) string {
	r.t.Helper()
	deadline := time.After(patience)
	for {
		printed, more := to.now()
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

// emptyBackup is the backup of a store in which nothing is.
func emptyBackup(t *testing.T) string {
	t.Helper()
	db, err := storage.Open(t.Context(), storage.Settings{URL: "memory:"}, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	var text bytes.Buffer
	if err := db.Backup(t.Context(), &text, nil); err != nil {
		t.Fatal(err)
	}
	return write(t, "empty.jsonl", text.String())
}

func TestExitCodes(t *testing.T) {
	for _, test := range []struct {
		name    string
		environ []string
		args    []string
		code    int
		says    string // on stderr
	}{
		{"unknown command", nil, []string{"rum"}, exitUsage, "there is no command alignbot rum; did you mean alignbot run?\nSee alignbot --help."},
		{"unknown flag", nil, []string{"run", "--verbose"}, exitUsage, "there is no flag --verbose\nSee alignbot run --help."},
		{"flag with a typo", nil, []string{"run", "--log-levl=info"}, exitUsage, "did you mean --log-level?"},
		{"flag of one letter", nil, []string{"run", "-x"}, exitUsage, "there is no flag -x"},
		{"flag without its value", nil, []string{"run", "--config"}, exitUsage, "--config needs a value"},
		{"flag with an impossible value", nil, []string{"restore", "--dry-run=perhaps", "-"}, exitUsage, `--dry-run cannot be "perhaps"`},
		{"argument too many", nil, []string{"run", "fast"}, exitUsage, `alignbot run takes nothing but flags: leave out "fast"`},
		{"command of config with a typo", nil, []string{"config", "chek"}, exitUsage, "did you mean alignbot config check?"},
		{"two files", nil, []string{"backup", "a", "b"}, exitUsage, `leave out "b"`},
		{"two programs", nil, []string{"version", "a", "b"}, exitUsage, `leave out "b"`},
		{"argument missing", nil, []string{"backup"}, exitUsage, "backup needs the file to write: alignbot backup FILE (or - for stdout)\nSee alignbot backup --help."},
		{"no address", nil, []string{"demo", "--listen", "nonsense"}, exitUsage, "it takes HOST:PORT, such as 127.0.0.1:8065"},
		{"impossible prefix", nil, []string{"manifest", "--prefix", "/acme"}, exitUsage, "--prefix"},
		{"secrets have no flags", nil, []string{"run", "--slack-bot-token", "xoxb-1-sesame"}, exitUsage, "set ALIGNBOT_SLACK_BOT_TOKEN"},
		{"no settings", nil, []string{"run"}, exitSettings, "slack.bot_token: it is not set."},
		{"no file", tokens, []string{"run", "--config", "/does/not/exist.yaml"}, exitSettings, "/does/not/exist.yaml: the file does not exist."},
		{"file from the environment", append([]string{"ALIGNBOT_CONFIG=/does/not/exist.yaml"}, tokens...), []string{"run"}, exitSettings, "/does/not/exist.yaml: the file does not exist."},
		{"impossible flag", tokens, []string{"run", "--log-level=loud"}, exitSettings, "log.level (--log-level): there is no such level."},
		{"doctor with wrong settings", nil, []string{"doctor"}, exitSettings, "slack.app_token: it is not set."},
		{"demo with a wrong level", nil, []string{"demo", "--log-level=loud"}, exitSettings, "log.level: there is no such level."},
		{"backup from nowhere", []string{"ALIGNBOT_REDIS_URL=redis://127.0.0.1:1"}, []string{"backup", "-"}, exitFailed, "Redis at 127.0.0.1:1 cannot be reached (connection refused). What was written to stdout is not a whole backup; nothing that is stored was changed. Start it, or correct redis.url."},
		{"restore into nowhere", []string{"ALIGNBOT_REDIS_URL=redis://127.0.0.1:1"}, []string{"restore", emptyBackup(t)}, exitFailed, "alignbot: Redis at 127.0.0.1:1 cannot be reached (connection refused). Nothing was changed. Start it, or correct redis.url."},
		{"restore of an empty file", nil, []string{"restore", "/dev/null"}, exitFailed, "Nothing was changed."},
		{"state in memory", append([]string{"ALIGNBOT_REDIS_URL=memory:"}, tokens...), []string{"run"}, exitSettings, "only alignbot demo uses it"},
		{"backup of memory", []string{"ALIGNBOT_REDIS_URL=memory:"}, []string{"backup", "-"}, exitSettings, "only alignbot demo uses it"},
		{"restore into memory", []string{"ALIGNBOT_REDIS_URL=memory:"}, []string{"restore", emptyBackup(t)}, exitSettings, "only alignbot demo uses it"},
		{"doctor of memory", append([]string{"ALIGNBOT_REDIS_URL=memory:"}, tokens...), []string{"doctor"}, exitSettings, "only alignbot demo uses it"},
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

func TestHelpShowsWhatIsSpecialToACommandFirst(t *testing.T) {
	_, backup, _ := start(t, nil, "backup", "--help")
	if !strings.Contains(backup, "--config file") || !strings.Contains(backup, "see alignbot run --help") || strings.Contains(backup, "--slack-sockets") {
		t.Errorf("backup --help:\n%s", backup)
	}
	_, run, _ := start(t, nil, "run", "--help")
	for _, want := range []string{"--redis-timeout duration", "--slack-sockets number", "--log-level text", "(default info)"} {
		if !strings.Contains(run, want) {
			t.Errorf("run --help does not show %q:\n%s", want, run)
		}
	}
	if strings.Index(run, "--config") > strings.Index(run, "Settings:") {
		t.Errorf("the settings come first:\n%s", run)
	}
}

func TestVersion(t *testing.T) {
	if code, stdout, _ := start(t, nil, "--version"); code != exitOK || !strings.HasPrefix(stdout, "alignbot ") {
		t.Errorf("--version: exit code %d: %s", code, stdout)
	}
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
