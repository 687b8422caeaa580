package commands

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"alignbot/pipeline"
	"alignbot/slacksim/blockkit"
	parser "alignbot/slacksim/mrkdwn"
	"alignbot/storage"
)

var update = flag.Bool("update", false, "write the golden files anew")

var viewApp = &App{Slack: Workspace{ID: "T1", URL: "https://acme.slack.com/", AppID: "A1", BotName: "alignbot"}}

// words is the text that somebody typed, in one of its kinds.
type words struct {
	name                         string
	title, line, text, long, who string
}

var kinds = []words{
	{"ordinary", "Export invoices as PDF", "Payments", "Accountants retype 40 invoices a month.\nIt costs them a day.", "Everything about invoices.", "Alice Adams"},
	{"longest", strings.Repeat("W", pipeline.TitleLimit), strings.Repeat("W", pipeline.TeamNameLimit), strings.Repeat("Wort ", pipeline.TextLimit/5), strings.Repeat("界", 40000), strings.Repeat("N", 80)},
	{"hostile", "<!channel> <https://evil.example|bank.example> *b* `c` @here #general", "<!here> *x* _y_ ~z~", "> quoted\n<@U1> <!subteam^S1> https://evil.example <!date^0^x|y> &lt;!channel&gt; :bulb: @channel www.evil.example mailto:a@b.example", "<!everyone> @everyone ```\ncode", "<!channel> *Eve* <@U9>"},
	{"right to left", "\u05e9\u05dc\u05d5\u05dd \u05e2\u05d5\u05dc\u05dd", "\u0635\u0646\u062f\u0648\u0642", "\u05d0\u05d1\u05d2 123 \u05d3\u05d4", "\u05d0", "\u05e9\u05e8\u05d4"},
}

// ideaDrawings are those of ideas, of their teams and of Home.
func ideaDrawings(w words) map[string]any {
	at := time.Date(2026, 11, 20, 9, 30, 0, 0, time.UTC)
	team := pipeline.Team{
		Key: "PAY", Name: w.line, Channel: "C1", Owners: []string{"U1"}, Zone: "Europe/Berlin",
		Workdays: pipeline.Week()[:5], SprintWeeks: 2, Version: 1,
	}
	idea := pipeline.Idea{
		Key: pipeline.Key{Team: "PAY", Number: 12}, Title: w.title, Problem: w.text, Measure: w.text, Evidence: w.text,
		Stage: pipeline.Captured, Staged: at, Author: "U1", Created: at, Changed: at, Version: 3,
		Card:   pipeline.Message{Channel: "C1", TS: "1700000000.000100"},
		Source: pipeline.Source{Message: pipeline.Message{Channel: "C2", TS: "1700000000.000200"}, Thread: "1700000000.000200", Permalink: "https://acme.slack.com/archives/C2/p1700000000000200"},
	}
	other := team
	other.Key, other.Name = "GRO", "Growth"
	withdrawn := idea
	withdrawn.Withdrawn, withdrawn.WithdrawnBy = at, "U1"
	events := []pipeline.Event{
		{At: at, By: "U1", What: pipeline.WasEdited, Changes: []pipeline.Change{{Field: pipeline.FieldTitle, From: w.title, To: w.title}, {Field: pipeline.FieldMeasure, From: "", To: w.text}}},
		{At: at, By: "U1", What: pipeline.WasCaptured},
	}
	m := metadata{Team: "PAY", Channel: "C1", Draft: draftIdea, Fresh: "x"}
	draft := idea.Draft()
	longDraft := pipeline.Draft{Title: w.title, Problem: w.long}
	h := home{
		drafts:      map[string]storage.Draft{draftIdea: {Typed: draft.Typed(), Team: "PAY", Saved: at}, draftEdit + "PAY-12": {Typed: draft.Typed(), Saved: at.Add(-time.Hour)}},
		unconfirmed: []storage.Outgoing{{ID: "card:PAY-12", Kind: drawCard, Subject: "PAY-12", Channel: "C1"}},
		waiting:     waitingThings{things: []waitingThing{testThing(dueTest(w))}},
		inDiscovery: 2,
		teams:       []homeTeam{{team, someBoard(w), true, true, 3, someOutcomes(w)}},
		ideas:       storage.Page{Ideas: []pipeline.Idea{idea, withdrawn}, Number: 2, Of: 3, Total: 25},
		hasTeams:    true, canSetUp: true,
	}
	full := h
	full.drafts, full.unconfirmed, full.teams, full.ideas.Ideas = map[string]storage.Draft{}, nil, nil, nil
	for i := range 12 {
		full.drafts[fmt.Sprintf("idea.%d", i)] = storage.Draft{Typed: draft.Typed(), Team: "PAY", Saved: at.Add(time.Duration(i))}
		full.unconfirmed = append(full.unconfirmed, h.unconfirmed[0])
		full.teams = append(full.teams, h.teams[0])
		full.ideas.Ideas = append(full.ideas.Ideas, idea)
	}
	full.waiting = waitingThings{append(append(drawnPolls(w), drawnQuestions(w)...), h.waiting.things...), 3}.first(homeWaits)
	full.teams, full.ideas.Ideas, full.moreTeams = full.teams[:homeTeamLimit], full.ideas.Ideas[:pageSize], 4
	unfit := []pipeline.Person{{Name: w.who, Deactivated: true}, {Name: w.who, Guest: true}, {}}
	everything := func(pipeline.Action) bool { return true }
	nothing := func(pipeline.Action) bool { return false }
	return map[string]any{
		"form":            ideaForm(m, draft, pipeline.Source{}, &team, nil, nodePicker(m.Fresh, "")),
		"form_choose":     ideaForm(metadata{Draft: draftIdea, Fresh: "x"}, draft, idea.Source, nil, []pipeline.Team{team, other}, nodePicker("x", "")),
		"form_restored":   ideaForm(m, draft, pipeline.Source{}, &team, nil, nodePicker(m.Fresh, "PAY-O3"), restored(actionAfresh, draftIdea, at)...),
		"form_cut":        ideaForm(m, longDraft, pipeline.Source{}, &team, nil, nil, cutNote(longDraft, draftLong)...),
		"long_text":       longText(w.long),
		"edit_form":       editForm(metadata{Idea: "PAY-12", Version: 3, Fresh: "x"}, draft),
		"edit_conflict":   editForm(metadata{Idea: "PAY-12", Version: 4}, draft, ideaConflict(idea)...),
		"details":         ideaDetails(viewApp, details{idea: idea, team: team, events: events, may: everything}, m),
		"details_others":  ideaDetails(viewApp, details{idea: withdrawn, team: team, events: events, may: nothing}, m),
		"card":            ideaCard(idea, w.who, ""),
		"card_withdrawn":  ideaCard(withdrawn, w.who, ""),
		"captured":        *captured(idea, team),
		"news":            ideaNews(idea, newsArgs(events[0]), w.who, ""),
		"from":            capturedNote(viewApp, idea, w.who),
		"offer":           reactionOffer(map[string]string{"draft": "idea.x"}),
		"hello":           teamHello(viewApp, team),
		"ownerless_ask":   ownerlessAsk(team, unfit),
		"ownerless_told":  ownerlessTold(team, unfit, []string{w.who, "Dan & Co"}),
		"trouble_invite":  channelTrouble(viewApp, map[string]string{"code": "not_in_channel", "channel": "C1"}),
		"trouble_archive": channelTrouble(viewApp, map[string]string{"code": "is_archived", "channel": "C1"}),
		"trouble_other":   channelTrouble(viewApp, map[string]string{"code": "channel_not_found", "channel": "C1"}),
		"team_form":       teamForm(formTeam, metadata{Channel: "C1"}, team),
		"team_settings":   teamForm(formTeamEdit, metadata{Team: "PAY", Version: 1}, team),
		"team_votes":      teamVotesForm(metadata{Team: "PAY", Version: 1}, team, w.text),
		"home":            homeView(homeBlocks(viewApp, h)),
		"home_full":       homeView(homeBlocks(viewApp, full)),
		"home_message":    *homePost(viewApp, full),
		"home_before":     homeView(homeBlocks(viewApp, home{})),
		"trouble":         Trouble(noIdea(idea.Key)),
		"trouble_field":   Trouble(&pipeline.Problem{What: w.line, Fields: map[pipeline.Field]string{pipeline.FieldTitle: w.line}}),
	}
}

// families of drawings, each with words of its own.
var families = []func(words) map[string]any{
	ideaDrawings, templateDrawings, stageDrawings, treeDrawings, parkingDrawings, outcomeDrawings, ballotDrawings,
	voteDrawings, runDrawings, evidenceDrawings, linkDrawings, experimentDrawings, questionDrawings,
	challengeDrawings, forensicDrawings, nudgeDrawings, sprintDrawings, reviewDrawings, sessionDrawings,
	healthDrawings, storyMapDrawings, canvasDrawings, canvasTieDrawings, wallDrawings,
}

// drawings is every message, form and Home that alignbot shows, drawn with the
// words given.
func drawings(w words) map[string]any {
	all := map[string]any{}
	for _, family := range families {
		maps.Copy(all, family(w))
	}
	return all
}

func encode(t *testing.T, drawing any) []byte {
	t.Helper()
	if post, ok := drawing.(Post); ok {
		drawing = map[string]any{"text": post.Text, "blocks": post.Blocks}
	}
	var out bytes.Buffer
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(drawing); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestDrawingsAreWhatReadersSaw(t *testing.T) {
	for name, drawing := range drawings(kinds[0]) {
		got := encode(t, drawing)
		file := filepath.Join("testdata", "drawings", name+".json")
		if *update {
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, got, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(file)
		if err != nil {
			t.Fatalf("%v (go test ./commands -update writes it)", err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s (-golden +drawn):\n%s", name, diff)
		}
	}
}

func TestSlackTakesEveryDrawing(t *testing.T) {
	for _, w := range kinds {
		for name, drawing := range drawings(w) {
			var problems []blockkit.Problem
			if post, ok := drawing.(Post); ok {
				blocks, err := json.Marshal(post.Blocks)
				if err != nil {
					t.Fatal(err)
				}
				problems = blockkit.Message(blocks)
				if n := blockkit.TextTotal(blocks); n > 10_000 {
					t.Errorf("%s, %s words: %d characters in one message", name, w.name, n)
				}
				if n := len([]rune(post.Text)); n == 0 || n > 3900 {
					t.Errorf("%s, %s words: the text for notifications has %d characters", name, w.name, n)
				}
			} else {
				problems = blockkit.View(encode(t, drawing))
			}
			for _, p := range problems {
				t.Errorf("%s, %s words: %s %s", name, w.name, p.Pointer, p.Message)
			}
		}
	}
}

// What is alive in a drawing must be alignbot's own: the same whatever people
// typed.
func TestNothingTypedComesAlive(t *testing.T) {
	ordinary := map[string]string{}
	for name, drawing := range drawings(kinds[0]) {
		ordinary[name] = alive(encode(t, drawing))
	}
	for _, w := range kinds[1:] {
		for name, drawing := range drawings(w) {
			if diff := cmp.Diff(ordinary[name], alive(encode(t, drawing))); diff != "" {
				t.Errorf("%s with %s words has other things alive (-ordinary +this):\n%s", name, w.name, diff)
			}
		}
	}
}

func alive(payload []byte) string {
	var lines []string
	for _, c := range parser.LivePayload(payload) {
		lines = append(lines, fmt.Sprintf("%s %s", c.Kind, c.Target))
	}
	return strings.Join(lines, "\n")
}

func TestPublicMessagesPingNobody(t *testing.T) {
	all := drawings(kinds[0])
	for name, drawing := range all {
		public := name == "from" || name == "hello" || strings.HasPrefix(name, "card") || strings.HasPrefix(name, "news") || strings.HasPrefix(name, "ballot_post")
		for _, c := range parser.LivePayload(encode(t, drawing)) {
			if public && c.Pings() {
				t.Errorf("%s pings %s", name, c.Target)
			}
		}
	}
}
