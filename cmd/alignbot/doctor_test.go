package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/slacksim"
	"alignbot/slacksim/simtest"
	"alignbot/storage/redistest"
)

// examined runs doctor and gives the findings as "level subject".
func examined(t *testing.T, environ []string) (code int, findings []Finding) {
	t.Helper()
	code, stdout, stderr := start(t, environ, "doctor", "--json")
	var answer struct {
		OK       bool
		Findings []Finding
	}
	if err := json.Unmarshal([]byte(stdout), &answer); err != nil {
		t.Fatalf("exit code %d, %v\n%s%s", code, err, stdout, stderr)
	}
	if answer.OK != (code == exitOK) {
		t.Errorf("says ok: %v, and exits with %d", answer.OK, code)
	}
	for _, f := range answer.Findings {
		if f.Level != OK && f.Level != Skip && f.Fix == "" {
			t.Errorf("no fix for: %s %s: %s", f.Level, f.Subject, f.Found)
		}
	}
	return code, answer.Findings
}

// find gives the finding about a subject, the worst if there are several.
func find(t *testing.T, findings []Finding, subject string) Finding {
	t.Helper()
	var found []Finding
	for _, f := range findings {
		if f.Subject == subject {
			found = append(found, f)
		}
	}
	if len(found) == 0 {
		t.Fatalf("nothing about %s in %+v", subject, findings)
	}
	return slices.MaxFunc(found, func(a, b Finding) int {
		rank := []Level{OK, Warn, Fail}
		return slices.Index(rank, a.Level) - slices.Index(rank, b.Level)
	})
}

func TestDoctorFindsNothingWrong(t *testing.T) {
	sim := simtest.Open(t, slacksim.Options{Workspace: localWorkspace()})
	redis := redistest.StartServer(t, "--appendonly", "yes")
	environ := pointedAt(t, sim, "ALIGNBOT_REDIS_URL="+redis.URL())
	code, findings := examined(t, environ)
	if code != exitOK {
		t.Errorf("exit code %d", code)
	}
	for _, subject := range []string{"bot token", "scopes", "Slack clock", "app token", "socket", "Redis", "Redis clock", "eviction", "persistence", "store", "time zones"} {
		if f := find(t, findings, subject); f.Level != OK {
			t.Errorf("%+v", f)
		}
	}
	_, stdout, _ := start(t, environ, "doctor")
	for line := range strings.Lines(stdout) {
		if !strings.HasPrefix(line, "[ok]   ") && strings.TrimSpace(line) != "" && line != "Nothing is broken.\n" {
			t.Errorf("%s", line)
		}
	}
	if !strings.HasSuffix(stdout, "\n\nNothing is broken.\n") {
		t.Errorf("no verdict at the end:\n%s", stdout)
	}
	if open := sim.Sockets(); len(open) != 0 {
		t.Errorf("doctor left %d connections", len(open))
	}
}

func TestDoctorNamesWhatIsWrongWithSlack(t *testing.T) {
	without := func(scopes ...string) slacksim.Workspace {
		w := localWorkspace()
		w.App.Scopes = slices.DeleteFunc(slices.Clone(w.App.Scopes), func(s string) bool { return slices.Contains(scopes, s) })
		return w
	}
	redis := redistest.Start(t)
	superfluous := localWorkspace()
	superfluous.App.Scopes = append(slices.Clone(superfluous.App.Scopes), "bookmarks:write")
	for _, test := range []struct {
		name      string
		workspace slacksim.Workspace
		environ   []string
		subject   string
		level     Level
		found     string
		fix       string
	}{
		{"bot token refused", localWorkspace(), []string{"ALIGNBOT_SLACK_BOT_TOKEN=xoxb-sesame"}, "bot token", Fail, "invalid_auth", "ALIGNBOT_SLACK_BOT_TOKEN"},
		{"app token refused", localWorkspace(), []string{"ALIGNBOT_SLACK_APP_TOKEN=xapp-sesame"}, "app token", Fail, "invalid_auth", "connections:write"},
		{"scope missing", without("chat:write"), nil, "scopes", Fail, "chat:write", "alignbot manifest"},
		{"reaction without its scope", without("reactions:read"), nil, "capture reaction", Warn, ":bulb:", "--capture-reaction"},
		{"pictures without one scope", without("files:read"), nil, "pictures", Warn, "files:read is not granted", "alignbot manifest"},
		{"walls without their scopes", without(wallScopes...), nil, "walls", Warn, "pins:write, pins:read are not granted", "alignbot manifest"},
		{"walls without one scope", without("pins:read"), nil, "walls", Warn, "pins:read is not granted: nobody is told", "alignbot manifest"},
		{"ballots without one scope", without("groups:read"), nil, "ballots", Warn, "groups:read is not granted", "alignbot manifest"},
		{"ballots without all theirs", without(ballotScopes...), nil, "ballots", Warn, "off, because", "alignbot manifest"},
		{"scope too many", superfluous, nil, "unused scopes", Warn, "bookmarks:write", "Remove"},
		{"Slack out of reach", localWorkspace(), []string{"ALIGNBOT_SLACK_API_URL=http://127.0.0.1:1/api/"}, "Slack", Fail, "cannot be reached at http://127.0.0.1:1/api/ (connection refused)", "HTTPS_PROXY"},
	} {
		t.Run(test.name, func(t *testing.T) {
			sim := simtest.Open(t, slacksim.Options{Workspace: test.workspace})
			code, findings := examined(t, pointedAt(t, sim, append(test.environ, "ALIGNBOT_REDIS_URL="+redis)...))
			f := find(t, findings, test.subject)
			if f.Level != test.level || !strings.Contains(f.Found, test.found) || !strings.Contains(f.Fix, test.fix) {
				t.Errorf("%+v", f)
			}
			if strings.Contains(f.Found+f.Fix, "sesame") {
				t.Errorf("a token is shown: %+v", f)
			}
			if want := map[Level]int{Warn: exitOK, Fail: exitFailed}[test.level]; code != want {
				t.Errorf("exit code %d, want %d", code, want)
			}
		})
	}
}

func TestDoctorNamesWhatIsWrongWithRedis(t *testing.T) {
	redistest.Require(t)
	sim := simtest.Open(t, slacksim.Options{Workspace: localWorkspace()})
	for _, test := range []struct {
		name    string
		redis   []string
		environ []string
		subject string
		level   Level
		fix     string
	}{
		{"eviction", []string{"--maxmemory-policy", "allkeys-lru"}, nil, "eviction", Fail, "redis.allow_eviction: true"},
		{"eviction accepted", []string{"--maxmemory-policy", "allkeys-lru"}, []string{"ALIGNBOT_REDIS_ALLOW_EVICTION=true"}, "eviction", Warn, "noeviction"},
		{"no persistence", nil, nil, "persistence", Warn, "appendonly yes"},
		{"password wanted", []string{"--requirepass", "sesame"}, nil, "Redis", Fail, "USER:PASSWORD"},
		{"away", nil, []string{"ALIGNBOT_REDIS_URL=redis://127.0.0.1:1"}, "Redis", Fail, "Start it"},
	} {
		t.Run(test.name, func(t *testing.T) {
			redis := redistest.StartServer(t, test.redis...)
			_, findings := examined(t, pointedAt(t, sim, append([]string{"ALIGNBOT_REDIS_URL=" + redis.URL()}, test.environ...)...))
			if f := find(t, findings, test.subject); f.Level != test.level || !strings.Contains(f.Fix, test.fix) {
				t.Errorf("%+v", f)
			}
		})
	}
}

// What is refused for one reason is told once, and the rest is looked at
// nevertheless.
func TestDoctorTellsOfEvictionOnce(t *testing.T) {
	sim := simtest.Open(t, slacksim.Options{Workspace: localWorkspace()})
	redis := redistest.StartServer(t, "--maxmemory-policy", "allkeys-lru")
	_, findings := examined(t, pointedAt(t, sim, "ALIGNBOT_REDIS_URL="+redis.URL()))
	for _, f := range findings {
		if (f.Level == Fail) != (f.Subject == "eviction") {
			t.Errorf("%+v", f)
		}
	}
	if f := find(t, findings, "store"); f.Level != OK {
		t.Errorf("%+v", f)
	}
}

func TestDoctorListsWhatItCouldNotLookAt(t *testing.T) {
	code, findings := examined(t, append([]string{"ALIGNBOT_SLACK_API_URL=http://127.0.0.1:1/api/", "ALIGNBOT_REDIS_URL=redis://:sesame@127.0.0.1:1"}, tokens...))
	got := map[string]Level{}
	for _, f := range findings {
		if _, twice := got[f.Subject]; twice {
			t.Errorf("%s is there twice", f.Subject)
		}
		got[f.Subject] = f.Level
	}
	want := map[string]Level{
		"Slack": Fail, "bot token": Skip, "scopes": Skip, "Slack clock": Skip, "app token": Skip, "socket": Skip,
		"Redis": Fail, "eviction": Skip, "persistence": Skip, "Redis clock": Skip, "store": Skip,
		"time zones": OK,
	}
	if diff := cmp.Diff(want, got); diff != "" || code != exitFailed {
		t.Errorf("exit code %d (-want +got)\n%s", code, diff)
	}
	if f := find(t, findings, "Redis"); f.Found != "Redis at 127.0.0.1:1 cannot be reached (connection refused)" {
		t.Errorf("%+v", f)
	}
	if got, want := verdict(findings), "2 things are broken; 9 checks could not be made."; got != want {
		t.Errorf("the verdict is %q, want %q", got, want)
	}
}

func TestTheVerdict(t *testing.T) {
	for want, levels := range map[string][]Level{
		"Nothing is broken.":                                            {OK, OK},
		"Nothing is broken, 1 is doubtful.":                             {OK, Warn},
		"1 thing is broken, 2 are doubtful; 1 check could not be made.": {Warn, Fail, Skip, Warn},
	} {
		var findings []Finding
		for _, level := range levels {
			findings = append(findings, Finding{Level: level})
		}
		if got := verdict(findings); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestDoctorAnswersInJSONWhenSettingsAreWrong(t *testing.T) {
	code, stdout, _ := start(t, []string{"ALIGNBOT_SLACK_APP_TOKEN=xapp-1", "ALIGNBOT_LOG_LEVEL=loud"}, "doctor", "--json")
	var answer struct {
		OK       bool
		Findings []Finding
	}
	if err := json.Unmarshal([]byte(stdout), &answer); err != nil {
		t.Fatalf("%v\n%s", err, stdout)
	}
	subjects := map[string]string{}
	for _, f := range answer.Findings {
		subjects[f.Subject] = f.Found
	}
	want := map[string]string{"slack.bot_token": "it is not set", "log.level": "ALIGNBOT_LOG_LEVEL: there is no such level"}
	if diff := cmp.Diff(want, subjects); diff != "" || code != exitSettings || answer.OK {
		t.Errorf("exit code %d, ok %v (-want +got)\n%s", code, answer.OK, diff)
	}
	code, stdout, _ = start(t, tokens, "doctor", "--json", "--config", "/does/not/exist.yaml")
	if err := json.Unmarshal([]byte(stdout), &answer); err != nil || code != exitSettings || answer.Findings[0].Subject != "/does/not/exist.yaml" {
		t.Errorf("exit code %d, %v\n%s", code, err, stdout)
	}
}

func TestDoctorComparesClocks(t *testing.T) {
	now := time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		theirs time.Time
		level  Level
		found  string
	}{
		{now, OK, "agrees with that of this machine"},
		{now.Add(4 * time.Second), OK, "agrees with that of this machine"},
		{now.Add(-time.Minute), Fail, "is 1m0s behind that of this machine"},
		{now.Add(time.Minute), Fail, "is 1m0s ahead of that of this machine"},
	} {
		var d doctor
		d.clock("Redis", test.theirs, now)
		if f := d.findings[0]; f.Level != test.level || f.Found != test.found || f.Subject != "Redis clock" {
			t.Errorf("%+v", f)
		}
	}
}

func TestVersionsAreComparedByNumber(t *testing.T) {
	for version, enough := range map[string]bool{"7.0.15": true, "6.2.0": true, "6.0.16": false, "10.1": true, "5": false, "": false} {
		if atLeast(version, minRedis) != enough {
			t.Errorf("%q: %v", version, !enough)
		}
	}
}
