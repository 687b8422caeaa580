package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"alignbot/bot"
	"alignbot/commands"
	"alignbot/pipeline"
)

// Limits of https://docs.slack.dev/reference/app-manifest.
func TestManifestKeepsSlacksLimits(t *testing.T) {
	code, text, errs := start(t, nil, "manifest", "--prefix", strings.Repeat("p", 20), "--capture-reaction", "--public-channels")
	if code != exitOK {
		t.Fatalf("exit %d: %s", code, errs)
	}
	var m manifest
	decoder := yaml.NewDecoder(strings.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&m); err != nil {
		t.Fatalf("no manifest: %v\n%s", err, text)
	}
	within := func(what, text string, least, most int) {
		t.Helper()
		if n := pipeline.Length(text); n < least || n > most {
			t.Errorf("%s has %d characters, Slack takes %d to %d: %q", what, n, least, most, text)
		}
	}
	within("name", m.Display.Name, 1, 35)
	within("description", m.Display.Description, 1, 140)
	within("long_description", m.Display.Long, 175, 4000)
	within("bot display_name", m.Features.Bot.Name, 1, 80)
	if !regexp.MustCompile(`^#[0-9a-f]{6}$`).MatchString(m.Display.Background) {
		t.Errorf("background_color %q", m.Display.Background)
	}
	if n := len(m.Features.Commands); n == 0 || n > 50 {
		t.Errorf("%d slash commands", n)
	}
	for _, c := range m.Features.Commands {
		if !regexp.MustCompile(`^/[a-z0-9_-]{1,31}$`).MatchString(c.Command) {
			t.Errorf("command %q", c.Command)
		}
		within(c.Command+" description", c.Description, 1, 2000)
		within(c.Command+" usage_hint", c.Hint, 0, 1000)
		if !c.Escape {
			t.Errorf("%s: without should_escape, @names arrive as bare text", c.Command)
		}
	}
	of := map[string]int{}
	for _, s := range m.Features.Shortcuts {
		within(s.Callback+" name", s.Name, 1, 24)
		within(s.Callback+" callback_id", s.Callback, 1, 255)
		within(s.Callback+" description", s.Description, 1, 150)
		of[s.Type]++
	}
	if of["global"]+of["message"] != len(m.Features.Shortcuts) || of["global"] > 5 || of["message"] > 5 {
		t.Errorf("shortcuts: %v", of)
	}
	if len(m.OAuth.Scopes.Bot) > 255 || len(m.Settings.Events.Bot) > 100 {
		t.Error("too many scopes or events")
	}
	if !m.Settings.SocketMode || !m.Settings.Interactivity.On || m.Settings.OrgDeploy || m.Settings.TokenRotation || !m.Features.Home.Home {
		t.Errorf("settings: %+v, home %+v", m.Settings, m.Features.Home)
	}
}

func TestManifestHasEveryCommandAndShortcut(t *testing.T) {
	m := newManifest(features{prefix: "acme-"})
	var want, got []string
	for _, entry := range commands.List() {
		switch entry.On {
		case commands.Slash:
			want = append(want, "/acme-"+strings.TrimPrefix(entry.Name, "/"))
		case commands.GlobalShortcut, commands.MessageShortcut:
			want = append(want, entry.Name)
		}
	}
	for _, c := range m.Features.Commands {
		got = append(got, c.Command)
	}
	for _, s := range m.Features.Shortcuts {
		got = append(got, s.Callback)
	}
	slices.Sort(want)
	slices.Sort(got)
	if want = slices.Compact(want); !slices.Equal(got, want) {
		t.Errorf("manifest has %q, the list has %q", got, want)
	}
	for _, entry := range commands.List() {
		i := slices.IndexFunc(m.Features.Commands, func(c manifestCommand) bool { return c.Command == "/acme-"+strings.TrimPrefix(entry.Name, "/") })
		if entry.On == commands.Slash && !strings.Contains(m.Features.Commands[i].Hint, entry.Word) {
			t.Errorf("the hint of %s does not name %q", entry.Name, entry.Word)
		}
	}
}

func TestManifestGivesAReasonForEachRight(t *testing.T) {
	with := features{captureReaction: true, publicChannels: true}
	text, err := newManifest(with).yaml(with)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range append(with.scopes(), with.events()...) {
		if want := "- " + r.name + " # " + r.reason + "\n"; !strings.Contains(string(text), want) {
			t.Errorf("no line %q in\n%s", want, text)
		}
	}
}

func TestManifestAsksForOptionalRightsOnlyWhenTold(t *testing.T) {
	_, plain, _ := start(t, nil, "manifest")
	for _, optional := range []string{"reactions:read", "reaction_added", "chat:write.public"} {
		if strings.Contains(plain, optional) {
			t.Errorf("asks for %s without being told", optional)
		}
	}
	_, all, _ := start(t, nil, "manifest", "--capture-reaction", "--public-channels")
	optional := []string{"reaction_added"}
	for _, scope := range bot.Scopes() {
		optional = append(optional, scope.Name) // each can be asked for
	}
	for _, optional := range optional {
		if !strings.Contains(all, optional) {
			t.Errorf("does not ask for %s", optional)
		}
	}
}
