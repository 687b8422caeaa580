package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// tokens are what somebody must set, in the form in which the environment gives it.
var tokens = []string{"ALIGNBOT_SLACK_BOT_TOKEN=xoxb-1-sesame", "ALIGNBOT_SLACK_APP_TOKEN=xapp-1-sesame"}

const exampleFile = "../../config.example.yaml"

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// problemsOf fails the test unless the error is about settings.
func problemsOf(t *testing.T, err error) []SettingProblem {
	t.Helper()
	if err == nil {
		return nil
	}
	var wrong *SettingsError
	if !errors.As(err, &wrong) {
		t.Fatalf("not about settings: %v", err)
	}
	return wrong.Problems
}

func TestExampleFileHoldsTheDefaults(t *testing.T) {
	got, err := sources{file: exampleFile, environ: tokens}.load(everything...)
	if err != nil {
		t.Fatal(err)
	}
	want := defaults()
	want.Slack.BotToken, want.Slack.AppToken = "xoxb-1-sesame", "xapp-1-sesame"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("config.example.yaml differs from the defaults (-default +example):\n%s", diff)
	}
}

func TestExampleFileHasEveryKey(t *testing.T) {
	text, err := os.ReadFile(exampleFile)
	if err != nil {
		t.Fatal(err)
	}
	settings := defaults()
	for _, s := range settings.all() {
		section, name, _ := strings.Cut(s.key, ".")
		_, rest, found := strings.Cut(string(text), "\n"+section+":\n")
		if !found || !strings.Contains(rest, "\n  "+name+":") {
			t.Errorf("config.example.yaml does not show %s", s.key)
		}
		if s.usage == "" {
			t.Errorf("%s has no usage", s.key)
		}
	}
}

// Every setting reaches the struct from each of its sources, and the later
// source wins.
func TestSettingsComeFromFileThenEnvironmentThenFlags(t *testing.T) {
	values := func(key string) [3]string { // one for each source, in rising order
		switch key {
		case "slack.bot_token":
			return [3]string{"xoxb-1", "xoxb-2"}
		case "slack.app_token":
			return [3]string{"xapp-1", "xapp-2"}
		case "slack.api_url":
			return [3]string{"https://one.example/api/", "https://two.example/api/", "https://three.example/api/"}
		case "slack.sockets":
			return [3]string{"3", "4", "5"}
		case "redis.url":
			return [3]string{"redis://one:1", "redis://two:2"}
		case "redis.timeout":
			return [3]string{"11ms", "12ms", "13ms"}
		case "redis.wait_replicas":
			return [3]string{"1", "2", "3"}
		case "llm.timeout":
			return [3]string{"11s", "12s", "13s"}
		case "llm.person_budget", "llm.workspace_budget":
			return [3]string{"1", "2", "3"}
		case "llm.base_url":
			return [3]string{"https://one.example/v1", "https://two.example/v1", "https://three.example/v1"}
		case "redis.cluster", "redis.allow_eviction", "policy.guests", "policy.members_create_teams", "llm.allow_plain_http":
			return [3]string{"true", "false", "true"}
		case "http.listen":
			return [3]string{":1", ":2", ":3"}
		case "log.level":
			return [3]string{"debug", "warn", "error"}
		case "log.format":
			return [3]string{"text", "json", "text"}
		}
		return [3]string{"one", "two", "three"}
	}
	plain := func(s setting) string {
		if s.secret {
			return s.value.String() // fmt would hide it
		}
		return fmt.Sprint(s.value.Interface())
	}
	known := defaults()
	for _, s := range known.all() {
		t.Run(s.key, func(t *testing.T) {
			section, name, _ := strings.Cut(s.key, ".")
			value := values(s.key)
			from := sources{file: write(t, "config.yaml", section+":\n  "+name+": "+value[0]+"\n")}
			check := func(want string) {
				t.Helper()
				got, err := from.load()
				if err != nil {
					t.Fatal(err)
				}
				for _, g := range got.all() {
					if g.key == s.key && plain(g) != want {
						t.Errorf("got %q, want %q", plain(g), want)
					}
				}
			}
			check(value[0])
			from.environ = []string{s.env() + "=" + value[1]}
			check(value[1])
			if !s.secret {
				from.flags = map[string]string{s.key: value[2]}
				check(value[2])
			}
		})
	}
}

func TestWrongSettingsAreNamedWithTheirPlaceAndFix(t *testing.T) {
	for _, test := range []struct {
		name, file string
		environ    []string
		want       SettingProblem // Where without the directory
	}{
		{"unknown key", "slack:\n  bot_tokn: x\n", nil,
			SettingProblem{"slack.bot_tokn", "config.yaml:2", "there is no such setting", "Did you mean slack.bot_token?"}},
		{"unknown section", "redist:\n  url: x\n", nil,
			SettingProblem{"redist", "config.yaml:1", "there is no such setting", "Did you mean redis?"}},
		{"key far from any", "slack:\n  weather_forecast: x\n", nil,
			SettingProblem{"slack.weather_forecast", "config.yaml:2", "there is no such setting", "Remove it, or look for its name in config.example.yaml."}},
		{"upper case", "slack:\n  Prefix: x-\n", nil,
			SettingProblem{"slack.Prefix", "config.yaml:2", "keys are written in lower case", "Write slack.prefix."}},
		{"value for a section", "log: debug\n", nil,
			SettingProblem{"log", "config.yaml:1", "it is a section, not a value", "Put its settings on the lines below it, indented by two spaces."}},
		{"tab", "slack:\n\tprefix: x-\n", nil,
			SettingProblem{"", "config.yaml", "line 2: found character that cannot start any token", "Correct the line; YAML is indented with spaces, and text with special characters goes in quotes."}},
		{"list instead of sections", "- a\n", nil,
			SettingProblem{"", "config.yaml", "the file does not hold sections such as slack: and redis:", "Start from a copy of config.example.yaml."}},
		{"duration without unit", "redis:\n  timeout: 5\n", nil,
			SettingProblem{"redis.timeout", "config.yaml:2", "it is not a duration with its unit", "Write a number and its unit, such as 1s or 500ms."}},
		{"duration without unit in the environment", "", []string{"ALIGNBOT_REDIS_TIMEOUT=5"},
			SettingProblem{"redis.timeout", "ALIGNBOT_REDIS_TIMEOUT", "it is not a duration with its unit", "Write a number and its unit, such as 1s or 500ms."}},
		{"duration too long", "redis:\n  timeout: 3s\n", nil,
			SettingProblem{"redis.timeout", "config.yaml:2", "3s cannot work, because Slack wants every answer within 3s", "Set 10ms to 2s; 1s is right for most."}},
		{"fraction", "slack:\n  sockets: 2.5\n", nil,
			SettingProblem{"slack.sockets", "config.yaml:2", "it is not a whole number", "Write a number such as 2."}},
		{"too many sockets", "", []string{"ALIGNBOT_SLACK_SOCKETS=11"},
			SettingProblem{"slack.sockets", "ALIGNBOT_SLACK_SOCKETS", "11 connections are not possible", "Set 2 to 10, for all replicas together at most 10; 2 is right for most."}},
		{"text for a switch", "policy:\n  guests: sometimes\n", nil,
			SettingProblem{"policy.guests", "config.yaml:2", "it is neither true nor false", "Write true or false."}},
		{"number for a text", "slack:\n  prefix: 1\n", nil,
			SettingProblem{"slack.prefix", "config.yaml:2", "it is not a text", "Write one text, in quotes if it could be read as something else."}},
		{"list for a text", "http:\n  listen: [\":1\", \":2\"]\n", nil,
			SettingProblem{"http.listen", "config.yaml:2", "it is not a text", "Write one text, in quotes if it could be read as something else."}},
		{"unknown variable", "", []string{"ALIGNBOT_REDIS_ULR=redis://x"},
			SettingProblem{"ALIGNBOT_REDIS_ULR", "environment", "there is no such setting", "Did you mean ALIGNBOT_REDIS_URL?"}},
		{"variable and its file", "", []string{"ALIGNBOT_SLACK_BOT_TOKEN_FILE=/dev/null"},
			SettingProblem{"slack.bot_token", "ALIGNBOT_SLACK_BOT_TOKEN_FILE", "it is set twice, also by ALIGNBOT_SLACK_BOT_TOKEN", "Unset one of the two."}},
		{"secret file that is not there", "", []string{"ALIGNBOT_REDIS_URL_FILE=/does/not/exist"},
			SettingProblem{"redis.url", "ALIGNBOT_REDIS_URL_FILE", "the file it names cannot be read: no such file or directory", "Correct the path, or let the user that runs alignbot read it."}},
		{"prefix with a slash", "slack:\n  prefix: /acme-\n", nil,
			SettingProblem{"slack.prefix", "config.yaml:2", "it is not a beginning that a slash command can have", "Use at most 20 of a-z, 0-9, - and _, without the slash, such as acme-."}},
		{"reaction with colons", "slack:\n  capture_reaction: \":bulb:\"\n", nil,
			SettingProblem{"slack.capture_reaction", "config.yaml:2", "it is not the name of an emoji", "Write the name without colons, such as bulb, or off."}},
		{"plain http to another machine", "slack:\n  api_url: http://slack.example/api/\n", nil,
			SettingProblem{"slack.api_url", "config.yaml:2", "tokens would travel unencrypted", "Use https, or http on this machine only (127.0.0.1)."}},
		{"no web address", "slack:\n  api_url: slack.com\n", nil,
			SettingProblem{"slack.api_url", "config.yaml:2", "it is not a web address", "Leave it out for Slack itself, or copy the line that alignbot slack prints."}},
		{"password in the web address", "slack:\n  api_url: https://a:b@slack.com/api/\n", nil,
			SettingProblem{"slack.api_url", "config.yaml:2", "it has a user name, a ? or a #, which the Web API's address has not", "Leave only scheme, host and path, such as https://slack.com/api/."}},
		{"listen without port", "http:\n  listen: localhost\n", nil,
			SettingProblem{"http.listen", "config.yaml:2", "it is not an address to listen on", "Write host and port, such as 127.0.0.1:8066, or :8066 for all addresses of this machine."}},
		{"port too high", "http:\n  listen: :99999\n", nil,
			SettingProblem{"http.listen", "config.yaml:2", "it is not an address to listen on", "Write host and port, such as 127.0.0.1:8066, or :8066 for all addresses of this machine."}},
		{"level", "log:\n  level: loud\n", nil,
			SettingProblem{"log.level", "config.yaml:2", "there is no such level", "Write debug, info, warn or error."}},
		{"format", "log:\n  format: xml\n", nil,
			SettingProblem{"log.format", "config.yaml:2", "there is no such format", "Write json or text."}},
		{"font folder that is not there", "pictures:\n  fonts: /does/not/exist\n", nil,
			SettingProblem{"pictures.fonts", "config.yaml:2", "there is no such folder that can be read", "Name a folder with .ttf, .otf or .ttc files in it or below, or leave the setting out for /usr/share/fonts."}},
		{"model without its server", "llm:\n  model: small\n", nil,
			SettingProblem{"llm.base_url", "", "it is empty, but a model or a key is set", "Name the server, like https://api.openai.com/v1, or set neither."}},
		{"server without a model", "llm:\n  base_url: https://api.openai.com/v1\n", nil,
			SettingProblem{"llm.model", "", "it is empty", "Name a model of that server."}},
		{"model over plain http", "llm:\n  base_url: http://models.example/v1\n  model: small\n", nil,
			SettingProblem{"llm.base_url", "config.yaml:2", "http to another machine would send ideas and the key unencrypted; use https, or set llm.allow_plain_http", "Write an address like https://api.openai.com/v1 or http://127.0.0.1:11434/v1."}},
		{"model of an unknown kind", "llm:\n  base_url: https://api.openai.com/v1\n  model: small\n  kind: prophet\n", nil,
			SettingProblem{"llm.kind", "config.yaml:4", "there is no kind \"prophet\"", "Write openai or azure."}},
		{"model with a wait too long", "llm:\n  base_url: https://api.openai.com/v1\n  model: small\n  timeout: 2m\n", nil,
			SettingProblem{"llm.timeout", "config.yaml:4", "2m0s is not between 1s and 1m0s", "Set 20s, which is right for most."}},
		{"model without a budget", "llm:\n  base_url: https://api.openai.com/v1\n  model: small\n  person_budget: 0\n", nil,
			SettingProblem{"llm.person_budget", "config.yaml:4", "0 is not between 1 and 1000000", "Set how many questions a day may be asked, like 30."}},
		{"negative replicas", "redis:\n  wait_replicas: -1\n", nil,
			SettingProblem{"redis.wait_replicas", "config.yaml:2", "-1 replicas cannot be waited for", "Set 0, or the least number of replicas that must have a change; 1 is right where there are two or more."}},
	} {
		t.Run(test.name, func(t *testing.T) {
			path := write(t, "config.yaml", test.file)
			_, err := sources{file: path, environ: append(test.environ, tokens...)}.load(everything...)
			got := problemsOf(t, err)
			for i := range got {
				got[i].Where = strings.TrimPrefix(got[i].Where, filepath.Dir(path)+"/")
			}
			if diff := cmp.Diff([]SettingProblem{test.want}, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestTokensInTheWrongPlace(t *testing.T) {
	for _, test := range []struct{ name, bot, app, botSays, appSays string }{
		{"missing", "", "", "it is not set", "it is not set"},
		{"both of the app level", "xapp-1", "xapp-1", "this is an app-level token", ""},
		{"both of the bot", "xoxb-1", "xoxb-1", "", "this is a bot token"},
		{"bot token of the app level", "xapp-1", "sesame", "this is an app-level token", "this is not such a token"},
		{"swapped", "xapp-1", "xoxb-1", "this is the other token: the two are swapped", "this is the other token: the two are swapped"},
		{"of a person", "xoxp-1", "xapp-1", "this is the token of a person", ""},
		{"that rotates", "xoxe.xoxb-1", "xapp-1", "this token expires, because token rotation is on", ""},
		{"quoted", `"xoxb-1"`, "xapp-1", "it contains spaces or quotes", ""},
		{"something else", "sesame", "open", "this is not such a token", "this is not such a token"},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := sources{environ: []string{"ALIGNBOT_SLACK_BOT_TOKEN=" + test.bot, "ALIGNBOT_SLACK_APP_TOKEN=" + test.app}}.load(everything...)
			said := map[string]string{}
			for _, p := range problemsOf(t, err) {
				said[p.Key] = p.Reason
			}
			if said["slack.bot_token"] != test.botSays || said["slack.app_token"] != test.appSays {
				t.Errorf("said %v", said)
			}
		})
	}
}

func TestAddressesOfRedisThatCannotBe(t *testing.T) {
	for address, reason := range map[string]string{
		"memory:":                          "memory: forgets everything when alignbot ends, so only alignbot demo uses it",
		"sesame":                           "it begins with no scheme that is known",
		"sesame@redis:6379":                "it begins with no scheme that is known",
		"http://redis:6379":                "it begins with no scheme that is known",
		"redis://u:12/sesame@redis":        "there is a / in its user or password",
		"redis://:sesame/a@redis:6379":     "there is a / in its user or password",
		"redis://redis:sesame":             "",
		"redis+sentinel://one:26379":       "",
		"redis://one:6379,two:6379/1":      "",
		"embedded:":                        "",
		"rediss://u:sesame@redis/database": "",
	} {
		_, err := sources{environ: append([]string{"ALIGNBOT_REDIS_URL=" + address}, tokens...)}.load(everything...)
		found := problemsOf(t, err)
		if len(found) != 1 || found[0].Key != "redis.url" || reason != "" && found[0].Reason != reason {
			t.Errorf("%s: %+v", address, found)
			continue
		}
		if said := found[0].String(); address != "redis://redis:sesame" && strings.Contains(said, "sesame") {
			t.Errorf("a secret is shown: %s", said)
		}
		if strings.Contains(found[0].Fix, "memory") {
			t.Errorf("memory: is advertised: %s", found[0].Fix)
		}
	}
}

func TestAllWrongSettingsAreNamedAtOnce(t *testing.T) {
	path := write(t, "config.yaml", "slack:\n  bot_token: xapp-1-sesame\n  typo: 1\nredis:\n  url: \"sesame://:sesame@x\"\n  timeout: 5\nlog:\n  level: loud\n")
	_, err := sources{file: path, environ: []string{"ALIGNBOT_TYPO=1"}, flags: map[string]string{"http.listen": "nowhere", "llm.base_url": "http://169.254.169.254/", "llm.timeout": "1h"}}.load(everything...)
	var keys []string
	for _, p := range problemsOf(t, err) {
		keys = append(keys, p.Key)
	}
	want := []string{"slack.typo", "ALIGNBOT_TYPO", "redis.timeout", "slack.bot_token", "slack.app_token", "redis.url", "http.listen", "log.level", "llm.base_url", "llm.model", "llm.timeout"}
	if diff := cmp.Diff(want, keys); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if strings.Contains(err.Error(), "sesame@") || strings.Contains(err.Error(), "1-sesame") {
		t.Errorf("a secret is in the error: %v", err)
	}
	if !strings.Contains(err.Error(), "http.listen (--http-listen): ") {
		t.Errorf("the flag is not named: %v", err)
	}
}

func TestSecretsFromFiles(t *testing.T) {
	settings, err := sources{environ: []string{
		"ALIGNBOT_SLACK_BOT_TOKEN_FILE=" + write(t, "bot", "xoxb-1-sesame\n"),
		"ALIGNBOT_SLACK_APP_TOKEN_FILE=" + write(t, "app", "xapp-1-sesame\r\n"),
		"ALIGNBOT_REDIS_URL_FILE=" + write(t, "redis", "redis://:sesame@127.0.0.1:6379\n"),
		"ALIGNBOT_LLM_BASE_URL=https://models.example/v1", "ALIGNBOT_LLM_MODEL=small",
		"ALIGNBOT_LLM_KEY_FILE=" + write(t, "key", "sesame\n"),
	}}.load(everything...)
	if err != nil {
		t.Fatal(err)
	}
	got := []string{settings.Slack.BotToken.Reveal(), settings.Slack.AppToken.Reveal(), settings.Redis.URL.Reveal(), settings.LLM.Key.Reveal()}
	if want := []string{"xoxb-1-sesame", "xapp-1-sesame", "redis://:sesame@127.0.0.1:6379", "sesame"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q", got)
	}
	token := settings.Redis.URL
	shown := fmt.Sprintf("%v %+v %#v %s %q %x", settings, settings, settings, token, token, token)
	if strings.Contains(shown, "sesame") || strings.Contains(shown, fmt.Sprintf("%x", "sesame")) {
		t.Errorf("a secret is shown: %s", shown)
	}
}

func TestEmptyVariablesAndForeignOnesAreIgnored(t *testing.T) {
	_, err := sources{environ: append([]string{
		"ALIGNBOT_LOG_LEVEL=", // as compose files leave it
		"ALIGNBOT_TYPO=",
		"ALIGNBOT_SERVICE_HOST=10.0.0.1", // Kubernetes, for a service called alignbot
		"ALIGNBOT_SERVICE_PORT_HTTP=8066",
		"ALIGNBOT_PORT_8066_TCP_ADDR=10.0.0.1",
		"ALIGNBOT_TEST_REQUIRE=redis",
		"OTHER_LOG_LEVEL=loud",
	}, tokens...)}.load(everything...)
	if err != nil {
		t.Error(err)
	}
}

func TestReactionCanBeTurnedOff(t *testing.T) {
	if got := (SlackSettings{CaptureReaction: "off"}).Reaction(); got != "" {
		t.Errorf("off is %q", got)
	}
	if got := defaults().Slack.Reaction(); got != "bulb" {
		t.Errorf("the default is %q", got)
	}
}

func FuzzSettingsFile(f *testing.F) {
	example, err := os.ReadFile(exampleFile)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(example))
	f.Add("slack: {bot_token: xoxb-1, sockets: 1e9}\nredis: *x\n")
	f.Add("? [a]\n: b\n<<: {slack: 1}\n")
	f.Add("slack:\n  prefix: &a [*a]\n")
	f.Add("\x00---\n...\n%YAML 1.9")
	f.Fuzz(func(t *testing.T, text string) {
		settings, err := sources{file: write(t, "config.yaml", text)}.load(everything...)
		if err == nil && (settings.Slack.Sockets < minSockets || settings.Redis.Timeout > 2*time.Second) {
			t.Errorf("taken: %+v", settings)
		}
		for _, p := range problemsOf(t, err) {
			if p.Reason == "" || p.Fix == "" {
				t.Errorf("no reason or no fix: %+v", p)
			}
		}
	})
}
