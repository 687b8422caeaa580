package main

import (
	"regexp"
	"strings"
	"testing"

	"github.com/slack-go/slack"
)

func TestLocalSlackAlonePrintsWhatABotNeeds(t *testing.T) {
	local := begin(t, nil, "slack", "--listen", "127.0.0.1:0")
	said := local.says("Press Ctrl-C to end.")
	var environ []string
	for _, line := range regexp.MustCompile(`export (\S+)`).FindAllStringSubmatch(said, -1) {
		environ = append(environ, line[1])
	}
	settings, err := sources{environ: environ}.load(everything...)
	if err != nil {
		t.Fatalf("what it prints are no settings: %v\n%s", err, said)
	}
	client := slack.New(settings.Slack.BotToken.Reveal(), slack.OptionAPIURL(settings.Slack.api()))
	if who, err := client.AuthTestContext(t.Context()); err != nil || who.User != "alignbot" {
		t.Errorf("auth.test: %+v, %v", who, err)
	}
	if page := get(t, pageAddress.FindString(said)); !strings.Contains(page, "payments") {
		t.Errorf("no page:\n%s", page)
	}
	if code := local.end(); code != exitOK {
		t.Errorf("exit code %d\n%s", code, local.stderr)
	}
}

func TestLocalSlackTakesAWorkspaceFile(t *testing.T) {
	local := begin(t, nil, "slack", "--listen", "127.0.0.1:0", "--workspace", "../../docs/workspace.example.yaml")
	said := local.says("Press Ctrl-C to end.")
	if page := get(t, pageAddress.FindString(said)); !strings.Contains(page, "checkout") {
		t.Errorf("the channels of the file are not there:\n%s", page)
	}
}

// The example is what somebody copies: it describes alignbot as it is.
func TestExampleWorkspaceHasTheAppAsItIs(t *testing.T) {
	example, err := readWorkspace("../../docs/workspace.example.yaml")
	if err != nil {
		t.Fatal(err)
	}
	m := newManifest(features{})
	for _, command := range m.Features.Commands {
		found := false
		for _, c := range example.App.Commands {
			found = found || c.Name == command.Command
		}
		if !found {
			t.Errorf("docs/workspace.example.yaml lacks the command %s", command.Command)
		}
	}
	for _, shortcut := range m.Features.Shortcuts {
		found := false
		for _, s := range example.App.Shortcuts {
			found = found || s.CallbackID == shortcut.Callback && s.Name == shortcut.Name
		}
		if !found {
			t.Errorf("docs/workspace.example.yaml lacks the shortcut %s", shortcut.Callback)
		}
	}
	for _, scope := range m.OAuth.Scopes.Bot {
		if !strings.Contains(strings.Join(example.App.Scopes, " "), scope) {
			t.Errorf("docs/workspace.example.yaml lacks the scope %s", scope)
		}
	}
}

func TestLocalSlackRefusesAWrongWorkspaceFile(t *testing.T) {
	for text, says := range map[string][]string{
		"people: [{nam: ana}]\nchanels: []\nname: [a]\n":                          {":1: there is no key nam\n", ":2: there is no key chanels\n", ":3: this is not what belongs here: a list\n", "docs/workspace.example.yaml"},
		"people: [{name: ana}\n":                                                  {": line 1: did not find expected", "docs/workspace.example.yaml"},
		"people: [{name: ana, tz: X/Y}]\nchannels: [{name: a, members: [ben]}]\n": {`: person ana has the time zone "X/Y"`, `: channel a has the member "ben"`},
	} {
		file := write(t, "workspace", text)
		code, _, stderr := start(t, nil, "slack", "--listen", "127.0.0.1:0", "--workspace", file)
		for _, line := range says {
			if strings.HasPrefix(line, ":") {
				line = file + line
			}
			if !strings.Contains(stderr, line) {
				t.Errorf("it does not say %q", line)
			}
		}
		if code != exitFailed || strings.Contains(stderr, "slacksim.") || strings.Contains(stderr, "yaml:") {
			t.Errorf("exit code %d\n%s", code, stderr)
		}
	}
	code, _, stderr := start(t, nil, "slack", "--listen", "127.0.0.1:0", "--workspace", "/does/not/exist.yaml")
	if code != exitFailed || !strings.Contains(stderr, "/does/not/exist.yaml cannot be read: no such file") {
		t.Errorf("exit code %d\n%s", code, stderr)
	}
}
