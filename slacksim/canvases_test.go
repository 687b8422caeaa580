package slacksim_test

import (
	"strings"
	"testing"

	"github.com/slack-go/slack"

	"alignbot/slacksim"
)

func TestCanvases(t *testing.T) {
	dir := t.TempDir()
	sim := open(t, slacksim.Options{Dir: dir})
	api := client(sim)
	text := func(markdown string) slack.DocumentContent {
		return slack.DocumentContent{Type: "markdown", Markdown: markdown}
	}
	own, err := api.CreateChannelCanvas("C0PAYMENTS", text("# Goal\n\nfirst\nline\n\n\nsecond"), slack.CreateChannelCanvasOptionTitle("Ours"))
	if err != nil {
		t.Fatal(err)
	}
	has := func(id, title, markdown string) {
		t.Helper()
		if c, err := sim.Canvas("bob", id); err != nil || c.Title != title || c.Markdown != markdown {
			t.Errorf("canvas %+v %v, want %q with %q", c, err, title, markdown)
		}
	}
	has(own, "Ours", "# Goal\n\nfirst\nline\n\nsecond")
	if _, err := api.CreateChannelCanvas("C0PAYMENTS", text("again")); err == nil || err.Error() != "channel_canvas_already_exists" {
		t.Errorf("a second one of the channel: %v", err)
	}
	tab, err := api.CreateCanvas("Tab", text("x"), slack.CreateCanvasOptionChannelID("C0PAYMENTS"))
	if err != nil {
		t.Fatal(err)
	}
	if list, err := sim.Canvases("bob", "payments"); err != nil || len(list) != 2 || list[0].ID != own || list[1].ID != tab {
		t.Errorf("canvases %+v %v", list, err)
	}

	found, err := api.LookupCanvasSections(slack.LookupCanvasSectionsParams{CanvasID: own, Criteria: slack.LookupCanvasSectionsCriteria{SectionTypes: []string{"any_header"}, ContainsText: "Goal"}})
	if err != nil || len(found) != 1 {
		t.Fatalf("sections %v %v", found, err)
	}
	edit := func(id, operation, section, markdown string) error {
		return api.EditCanvas(slack.EditCanvasParams{CanvasID: id, Changes: []slack.CanvasChange{{Operation: operation, SectionID: section, DocumentContent: text(markdown)}}})
	}
	for _, step := range []struct{ operation, section, markdown, want string }{
		{"replace", found[0].ID, "# Aim", "# Aim\n\nfirst\nline\n\nsecond"},
		{"insert_at_end", "", "third", "# Aim\n\nfirst\nline\n\nsecond\n\nthird"},
		{"replace", "", "all new", "all new"},
		{"insert_at_start", "", "# Top", "# Top\n\nall new"},
	} {
		if err := edit(own, step.operation, step.section, step.markdown); err != nil {
			t.Errorf("%s: %v", step.operation, err)
		}
		has(own, "Ours", step.want)
	}

	alone, err := api.CreateCanvas("Alone", text("for some"))
	if err != nil {
		t.Fatal(err)
	}
	if c, err := sim.Canvas("bob", alone); err == nil {
		t.Errorf("bob reads %+v, which he was not given", c)
	}
	if err := api.SetCanvasAccess(slack.SetCanvasAccessParams{CanvasID: alone, AccessLevel: "read", ChannelIDs: []string{"C0PAYMENTS"}}); err != nil {
		t.Fatal(err)
	}
	has(alone, "Alone", "for some")
	if err := sim.Close(); err != nil {
		t.Fatal(err)
	}

	sim = open(t, slacksim.Options{Dir: dir})
	api = client(sim)
	has(own, "Ours", "# Top\n\nall new")
	if err := sim.DeleteCanvas(t.Context(), "bob", own); err != nil {
		t.Fatal(err)
	}
	if err := edit(own, "replace", "", "x"); err == nil || err.Error() != "canvas_not_found" {
		t.Errorf("edit of what bob deleted: %v", err)
	}
	bobs, err := sim.WriteCanvas(t.Context(), "bob", "payments", "Team", "what bob wrote")
	if err != nil {
		t.Fatal(err)
	}
	has(bobs, "Team", "what bob wrote")
	if err := api.DeleteCanvas(tab); err != nil {
		t.Error(err)
	}
}

func TestCanvasesThatAreRefused(t *testing.T) {
	markdown := `{"type":"markdown","markdown":"x"}`
	change := `[{"operation":"replace","document_content":` + markdown + `}]`
	for _, c := range []struct {
		name   string
		plan   slacksim.Canvases
		method string
		args   args
		want   string
	}{
		{"switched off", slacksim.CanvasesOff, "conversations.canvases.create", args{"channel_id": "C0PAYMENTS"}, "canvas_disabled_user_team"},
		{"switched off, alone", slacksim.CanvasesOff, "canvases.create", args{}, "canvas_disabled_user_team"},
		{"alone on a free plan", slacksim.CanvasesFree, "canvases.create", args{"document_content": markdown}, "free_teams_cannot_create_non_tabbed_canvases"},
		{"a second tab on a free plan", slacksim.CanvasesFree, "canvases.create", args{"channel_id": "C0PAYMENTS"}, "free_team_canvas_tab_already_exists"},
		{"where one of the team's is", "", "conversations.canvases.create", args{"channel_id": "C0PAYMENTS"}, "channel_canvas_already_exists"},
		{"where the app is not", "", "conversations.canvases.create", args{"channel_id": "C0GROWTH"}, "restricted_action"},
		{"where nothing is", "", "conversations.canvases.create", args{"channel_id": "C0LEADS"}, "channel_not_found"},
		{"a heading too deep", "", "canvases.create", args{"document_content": `{"type":"markdown","markdown":"#### x"}`}, "canvas_creation_failed"},
		{"no Markdown", "", "canvases.create", args{"document_content": `{"type":"html"}`}, "invalid_arguments"},
		{"too long", "", "canvases.create", args{"document_content": js(obj{"type": "markdown", "markdown": strings.Repeat("x", 1<<20+1)})}, "canvas_too_large"},
		{"edit of nothing", "", "canvases.edit", args{"canvas_id": "F1", "changes": change}, "canvas_not_found"},
		{"two changes", "", "canvases.edit", args{"canvas_id": "F1", "changes": `[{},{}]`}, "invalid_arguments"},
		{"delete of nothing", "", "canvases.delete", args{"canvas_id": "F1"}, "canvas_not_found"},
		{"sections of nothing", "", "canvases.sections.lookup", args{"canvas_id": "F1", "criteria": `{"contains_text":"x"}`}, "canvas_not_found"},
		{"sections of any kind", "", "canvases.sections.lookup", args{"canvas_id": "F1", "criteria": `{}`}, "invalid_arguments"},
		{"access for nobody", "", "canvases.access.set", args{"canvas_id": "F1", "access_level": "read"}, "invalid_parameters"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := slacksim.Sample()
			w.Canvases = c.plan
			sim := open(t, slacksim.Options{Workspace: w})
			if c.plan != slacksim.CanvasesOff {
				if _, err := sim.WriteCanvas(t.Context(), "bob", "payments", "Team", "bob's"); err != nil {
					t.Fatal(err)
				}
			}
			if reply := post(t, sim, c.method, sim.BotToken(), c.args); reply["ok"] != false || reply["error"] != c.want {
				t.Errorf("reply %v, want %s", reply, c.want)
			}
			if list, _ := sim.Canvases("bob", "payments"); c.plan != slacksim.CanvasesOff && (len(list) != 1 || list[0].Markdown != "bob's") {
				t.Errorf("canvases %+v", list)
			}
		})
	}
}
