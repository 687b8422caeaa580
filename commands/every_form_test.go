package commands

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"alignbot/pipeline"
	"alignbot/slacksim/blockkit"
	parser "alignbot/slacksim/mrkdwn"
	"alignbot/storage"
)

// What people may type to do harm goes through every field of every form that
// there is, and all that alignbot shows after it is read as Slack reads it: nothing
// typed is alive in it, and Slack takes it.
func TestHostileTextThroughEveryForm(t *testing.T) {
	inputs, rounds, first := textInputs(t), 1, int(time.Now().Unix()/86400) // other texts meet each day
	switch from := os.Getenv(envCorpora); from {
	case "":
	case "all":
		rounds = 40 // in which each form meets nearly each text
	default:
		var err error
		if first, err = strconv.Atoi(from); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%s=%d replays this", envCorpora, first)
	filled, taken, shown := 0, 0, 0
	for round := range rounds {
		texts := &handful{texts: hostile(t)}
		order := rand.New(rand.NewPCG(uint64(first), uint64(round)))
		order.Shuffle(len(texts.texts), func(i, j int) { texts.texts[i], texts.texts[j] = texts.texts[j], texts.texts[i] })
		for _, e := range List() {
			if e.On != Submit {
				continue
			}
			t.Run(fmt.Sprint(e.Name, " ", round), func(t *testing.T) {
				f := typist{App: shop(t), entry: e, inputs: inputs[e.Name], texts: texts}
				f.open(t)
				f.types(t)
				filled, shown = filled+len(f.typed), shown+f.shown
				if f.submits(t) {
					taken++
				}
				f.looksAround(t)
				f.readsMessages(t)
			})
		}
	}
	t.Logf("%d fields were filled, %d of them shown again as they were typed; %d forms were taken", filled, shown, taken)
	if forms := len(inputs) * rounds; filled < 2*forms || shown < filled/3 || taken < forms*2/3 {
		t.Errorf("of %d forms, %d fields were filled, %d shown again and %d forms taken", forms, filled, shown, taken)
	}
}

// textInputs are the fields of all forms into which text is typed, with the most
// characters they take, as the forms are drawn.
func textInputs(t *testing.T) map[string]map[pipeline.Field]textField {
	t.Helper()
	all := map[string]map[pipeline.Field]textField{}
	for _, drawing := range drawings(kinds[0]) {
		var form shownForm
		if err := json.Unmarshal(encode(t, drawing), &form); err != nil {
			t.Fatal(err)
		}
		for _, b := range form.Blocks {
			if b.Element.Type == "plain_text_input" {
				if all[form.Name] == nil {
					all[form.Name] = map[pipeline.Field]textField{}
				}
				all[form.Name][fieldOf(b.ID)] = b.Element
			}
		}
	}
	return all
}

// shownForm is what a test reads of a form.
type shownForm struct {
	Name     string `json:"callback_id"`
	Metadata string `json:"private_metadata"`
	Blocks   []struct {
		ID      string    `json:"block_id"`
		Element textField `json:"element"`
	} `json:"blocks"`
}

type textField struct {
	Type      string `json:"type"`
	Most      int    `json:"max_length"`
	Multiline bool   `json:"multiline"`
	Initial   string `json:"initial_value"`
}

// typist is a product owner who types hostile text into a form.
type typist struct {
	*App
	entry  Entry
	inputs map[pipeline.Field]textField
	texts  *handful
	where  subject
	draft  string                    // slot of the form's draft, until it is submitted
	typed  map[pipeline.Field]string // what was typed where
	shown  int                       // fields that were shown again
	acts   int
}

var owner = pipeline.Person{ID: "U_ANN", Workspace: "T1", Name: "<!here> *evil* <https://evil.example|Ann>"}

// open makes an idea and all that the form is about, with hostile text in it.
func (f *typist) open(t *testing.T) {
	t.Helper()
	f.Lookup = func(_ context.Context, user string) (pipeline.Person, error) {
		return pipeline.Person{ID: user, Workspace: "T1", Name: owner.Name}, nil
	}
	title := pipeline.Cut(pipeline.CleanLine("evil "+f.texts.upTo(pipeline.TitleLimit, " ")), pipeline.TitleLimit)
	idea, err := pipeline.Capture(pipeline.Draft{Title: title, Problem: pipeline.Cut(pipeline.CleanText(f.texts.upTo(pipeline.TextLimit, "\n")), pipeline.TextLimit)}, "PAY", owner.ID, pipeline.Source{}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if idea, err = f.Store.Capture(t.Context(), "hostile", idea, storage.Slot{}); err != nil {
		t.Fatal(err)
	}
	words := "evil " + pipeline.CleanLine(strings.ReplaceAll(evil[f.texts.next%len(evil)], ";", ",")) // lists of tasks have semicolons of their own
	furnishFor(t, f.App, f.entry, idea, words, owner)
	f.where = subject{idea.Key, "C1"}
}

// request is what the form sends, with what was typed.
func (f *typist) request(e Entry) *Request {
	f.acts++
	req := plausible(e, fmt.Sprint("act ", f.acts), owner, f.where)
	switch e.Name {
	case actionDraft:
		req.Form = formFor(f.entry, f.where)
	case actionWays, actionPointNew: // what names one of several is in no button of these
		p := valueFor(e, f.where)
		p.Del("group")
		p.Del("point")
		req.Value = p.encode()
	}
	if req.Form != nil && (e.Name == f.entry.Name || e.Name == actionDraft) {
		for field, text := range f.typed {
			req.Form.Values[string(field)] = Value{Text: text}
		}
	}
	return req
}

// types fills each field, and sees it again in the form that is opened anew.
func (f *typist) types(t *testing.T) {
	t.Helper()
	f.typed = map[pipeline.Field]string{}
	for _, field := range slices.Sorted(maps.Keys(f.inputs)) {
		input, between := f.inputs[field], " "
		if input.Multiline {
			between = "\n"
		}
		f.typed[field] = f.texts.upTo(input.Most, between)
	}
	if m, err := decodeMetadata(formFor(f.entry, f.where).Metadata); err == nil {
		f.draft = m.Draft
	}
	typing, known := NewRouter(List(), "").Find(Button, actionDraft)
	if !known {
		t.Fatal("typing is not reported")
	}
	f.does(t, typing)
	f.looksAround(t)
}

// submits the form; a field that is refused gets what it takes. It tells whether the
// form was taken.
func (f *typist) submits(t *testing.T) bool {
	t.Helper()
	f.draft = ""
	for range 12 {
		problem := f.does(t, f.entry)
		if problem == nil {
			return true
		}
		refused := 0
		for field := range problem.Fields {
			if _, ok := f.typed[field]; ok {
				delete(f.typed, field)
				refused++
			}
		}
		if refused == 0 {
			return false
		}
	}
	return false
}

// looksAround does all that is done near the form, and opens Home.
func (f *typist) looksAround(t *testing.T) {
	t.Helper()
	family, _, _ := strings.Cut(f.entry.Name, ".")
	for _, e := range List() {
		near := strings.HasPrefix(e.Name, family+".") && e.On == Button && !inForm(e)
		if near || e.On == HomeOpened || e.Name == actionShow || e.Name == actionHistory || e.Name == actionWhy {
			f.does(t, e)
		}
	}
}

// does an entry and reads what comes of it.
func (f *typist) does(t *testing.T, e Entry) *pipeline.Problem {
	t.Helper()
	name := fmt.Sprint(e.On, " ", e.Name)
	reply, err := f.Handle(t.Context(), e, f.request(e))
	f.reads(t, name, reply)
	if err == nil {
		return nil
	}
	var problem *pipeline.Problem
	if !errors.As(err, &problem) {
		if !errors.Is(err, storage.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
		return &pipeline.Problem{}
	}
	isHarmless(t, name+" refused", Trouble(err))
	return problem
}

// reads all of a reply.
func (f *typist) reads(t *testing.T, name string, reply Reply) {
	t.Helper()
	for _, post := range []*Post{reply.Tell, reply.Replace} {
		if post != nil {
			isHarmless(t, name, *post)
		}
	}
	for _, form := range []any{reply.Open, reply.Update, reply.Below, reply.Home} {
		if drawn := encode(t, form); string(drawn) != "null\n" {
			isHarmless(t, name, form)
			f.showsAgain(t, name, drawn)
		}
	}
	if reply.Options != nil {
		isHarmless(t, name, map[string]any{"options": reply.Options})
	}
	for _, more := range []func(context.Context) Reply{reply.After, reply.Later, reply.Extra} {
		if more != nil {
			f.reads(t, name+" after", more(t.Context()))
		}
	}
}

// showsAgain fails when the form that was typed into shows something else.
func (f *typist) showsAgain(t *testing.T, name string, drawn []byte) {
	t.Helper()
	var form shownForm
	if err := json.Unmarshal(drawn, &form); err != nil {
		t.Fatal(err)
	}
	m, err := decodeMetadata(form.Metadata)
	if form.Name != f.entry.Name || err != nil || f.draft == "" || m.Draft != f.draft {
		return
	}
	for _, b := range form.Blocks {
		typed, ok := f.typed[fieldOf(b.ID)]
		if !ok || b.Element.Type != "plain_text_input" {
			continue
		}
		f.shown++
		if typed = pipeline.Cut(typed, b.Element.Most); b.Element.Initial != typed { // forms of one kind differ in their room
			t.Errorf("%s: %s was typed %q and is shown as %q", name, fieldOf(b.ID), typed, b.Element.Initial)
		}
	}
}

// readsMessages that wait to be posted.
func (f *typist) readsMessages(t *testing.T) {
	t.Helper()
	claimed, _, err := f.Store.Claim(t.Context(), 1000, time.Minute, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range claimed {
		drawn, err := f.Draw(t.Context(), c)
		switch {
		case err != nil:
			t.Errorf("%s: %v", c.Kind, err)
		case drawn.Skip, drawn.Wait > 0:
		case drawn.Canvas != nil:
			isHarmless(t, c.Kind, map[string]any{"blocks": []any{map[string]string{"type": "markdown", "text": drawn.Canvas.Markdown}}})
		default:
			isHarmless(t, c.Kind, drawn.Post)
		}
	}
}

// isHarmless fails when Slack would refuse what is drawn, or would make anything of
// hostile text but text.
func isHarmless(t *testing.T, name string, drawing any) {
	t.Helper()
	payload := encode(t, drawing)
	var problems []blockkit.Problem
	switch drawing := drawing.(type) {
	case Post:
		blocks, err := json.Marshal(drawing.Blocks)
		if err != nil {
			t.Fatal(err)
		}
		problems = blockkit.Message(withSlackIDs(blocks))
		if text := pipeline.Length(string(drawing.Text)); text == 0 || text > 3900 || blockkit.TextTotal(blocks) > 10_000 {
			t.Errorf("%s: %d characters, and %d for notifications", name, blockkit.TextTotal(blocks), text)
		}
	case map[string]any:
		if drawing["options"] != nil {
			problems = blockkit.Suggestions(withSlackIDs(payload))
		}
	default:
		problems = blockkit.View(withSlackIDs(payload))
	}
	for _, p := range problems {
		t.Errorf("%s: %s %s", name, p.Pointer, p.Message)
	}
	for _, c := range parser.LivePayload(payload) {
		if isEvil(c) {
			t.Errorf("%s: %s %q %q is alive at %s", name, c.Kind, c.Target, c.Text, c.Pointer)
		}
	}
	var all any
	if err := json.Unmarshal(payload, &all); err != nil {
		t.Fatal(err)
	}
	if emoji := emojiIn(all); len(emoji) > 0 {
		t.Errorf("%s: the emoji %q are alive", name, emoji)
	}
}

// withSlackIDs makes ids as Slack has them of those of the people in tests.
func withSlackIDs(payload []byte) []byte {
	return bytes.ReplaceAll(payload, []byte(`"U_`), []byte(`"U0`))
}

// isEvil tells what somebody typed from what alignbot makes: links to itself and to
// messages, names of people and of the team's channels, days, and words in bold.
func isEvil(c parser.Control) bool {
	switch c.Kind {
	case parser.Broadcast, parser.Usergroup:
		return true
	case parser.Link:
		return !strings.HasPrefix(c.Target, "https://acme.slack.com/") && !strings.HasPrefix(c.Target, "slack://app?")
	case parser.User:
		return !strings.HasPrefix(c.Target, "U_") && !strings.HasPrefix(c.Target, "U0")
	case parser.Channel:
		return c.Target != "C1" && c.Target != "C2" || c.Text != ""
	}
	return strings.TrimSpace(c.Text) == "evil"
}

// emojiIn are the emoji in all texts that Slack parses; alignbot itself uses none.
func emojiIn(v any) (found []string) {
	switch v := v.(type) {
	case []any:
		for _, item := range v {
			found = append(found, emojiIn(item)...)
		}
	case map[string]any:
		if text, _ := v["text"].(string); v["type"] == "mrkdwn" {
			for _, n := range parser.Parse(text, parser.Options{Verbatim: true}) {
				if n.Kind == parser.Emoji {
					found = append(found, n.Text)
				}
			}
		}
		if v["type"] == "plain_text" && v["emoji"] == true {
			found = append(found, "of a plain text")
		}
		for _, item := range v {
			found = append(found, emojiIn(item)...)
		}
	}
	return found
}
