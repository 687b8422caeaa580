package proof

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"alignbot/commands"
	"alignbot/pipeline"
	"alignbot/slacksim"
	"alignbot/storage"
)

// forged is one use of an entry by somebody, with claims that nothing on a screen made.
type forged struct {
	commands.Entry
	who string
	// channel that is claimed, "" for none; inForm: it is done in a form.
	channel string
	inForm  bool
	// ts is when it is done, by Slack's clock.
	ts string
	// value of the button, words behind the command, metadata of the form.
	value, words, metadata string
}

func (f forged) String() string {
	return strings.Join(strings.Fields(fmt.Sprint(f.On, " ", f.Name, " ", f.Word, " by ", f.who, " in ", f.channel)), " ")
}

// nothing has this number; all that there is has 1.
const nothing = 99

// forge draws claims of the k-th use of an entry, about that number.
func (w *faultWorld) forge(e commands.Entry, k int, who, channel string, about int) forged {
	n := fmt.Sprint(about)
	claims := url.Values{
		"idea": {"PAY-" + n}, "team": {"PAY"}, "node": {"PAY-O" + n}, "outcome": {"PAY-O" + n}, "step": {"1"}, "group": {"1"}, "point": {"1"}, "card": {"1"}, "days": {"1"},
		"choice": {string(pipeline.ChoosePark)}, "to": {string(pipeline.Discovery)}, "rule": {string(pipeline.RuleStarved)}, "run": {n},
	}
	metadata := map[string]any{
		"v": 1, "team": "PAY", "idea": "PAY-" + n, "version": 1, "channel": channel, "draft": "idea", "fresh": fmt.Sprint("f", k), "step": 1, "node": "PAY-O" + n, "group": 1, "point": "1",
		"rule": pipeline.RuleStarved, "to": pipeline.Discovery, "run": about,
	}
	for _, numbered := range []string{"ballot", "round", "forensic", "session", "sprint", "refinement", "review", "canvas"} {
		claims.Set(numbered, n)
		metadata[numbered] = about
	}
	encoded, err := json.Marshal(metadata)
	if err != nil {
		w.c.Fatal(err)
	}
	return forged{
		Entry: e, who: who, channel: channel, ts: fmt.Sprintf("1800%06d.000100", k), words: "PAY-" + n, value: claims.Encode(), metadata: string(encoded),
		inForm: slices.Contains([]commands.Surface{commands.Submit, commands.Close, commands.Suggest}, e.On) || e.On == commands.Button && w.c.rng.IntN(3) == 0,
	}
}

// typed is what stands in the form, by block.
var typed = map[string]string{"title": "Forged", "note": "Forged", "why": "Forged", "choice": string(pipeline.ChoosePark)}

// uses sends it to the app, and waits until it is acknowledged.
func (w *faultWorld) uses(f forged) error {
	claims := map[string]any{"action_ts": f.ts, "action_id": f.Name, "block_id": "b", "callback_id": f.Name, "command": f.Name, "text": strings.TrimSpace(f.Word + " " + f.words)}
	where := f.channel
	if f.inForm {
		state := map[string]any{}
		for block, text := range typed {
			state[block] = map[string]any{block: map[string]any{"type": "plain_text_input", "value": text}}
		}
		claims["view"] = map[string]any{"callback_id": f.Name, "private_metadata": f.metadata, "state": map[string]any{"values": state}}
		where = ""
	} else {
		claims["message"] = map[string]any{"ts": f.ts, "text": "Forged", "user": f.who}
	}
	kinds := map[commands.Surface]string{
		commands.Slash: "slash_commands", commands.Button: "block_actions", commands.Submit: "view_submission", commands.Close: "view_closed",
		commands.Suggest: "block_suggestion", commands.MessageShortcut: "message_action", commands.GlobalShortcut: "shortcut",
	}
	switch f.On {
	case commands.HomeOpened, commands.Reaction:
		event := map[commands.Surface]string{commands.HomeOpened: "app_home_opened", commands.Reaction: "reaction_added"}[f.On]
		acknowledged := w.acknowledged(event)
		err := w.sim.OpenHome(w.c.Context(), f.who)
		if f.On == commands.Reaction {
			ballot, _ := w.button("Pursue")                                     // which nobody takes away
			_ = w.sim.Unreact(w.c.Context(), f.who, channel, ballot.TS, "bulb") // of an earlier time
			err = w.sim.React(w.c.Context(), f.who, channel, ballot.TS, "bulb")
		}
		w.until("it is acknowledged", func() bool { return err != nil || w.acknowledged(event) > acknowledged })
		return err
	case commands.Button:
		claims["actions"] = []any{map[string]any{"action_id": f.Name, "block_id": "b", "type": "button", "value": f.value, "action_ts": f.ts}}
	case commands.GlobalShortcut:
		where = ""
	}
	_, err := w.sim.Forge(w.c.Context(), f.who, where, kinds[f.On], claims)
	return err
}

// acknowledged is how many events of that name were.
func (w *faultWorld) acknowledged(event string) int {
	sent := map[string]bool{}
	return len(w.sim.Ledger().Entries(func(e slacksim.Entry) bool {
		sent[e.ID] = sent[e.ID] || e.Kind == slacksim.KindEnvelope && e.Method == event
		return e.Kind == slacksim.KindAck && sent[e.ID]
	}))
}

// decides is what the permission table says of it, by what is stored; false where what is
// claimed is not understood, or not there.
func (w *faultWorld) decides(f forged, policy pipeline.Policy, p pipeline.Person) (pipeline.Decision, bool) {
	w.c.Helper()
	req := &commands.Request{On: f.On, Now: w.sim.Now(), Person: p, Channel: f.channel, Words: f.words, Value: f.value}
	if f.inForm {
		req.Form = &commands.Form{ID: "V", Hash: "h", Metadata: f.metadata, Values: map[string]commands.Value{}}
		for block, text := range typed {
			req.Form.Values[block] = commands.Value{Text: text}
		}
	} else {
		req.Message = &commands.Message{Message: pipeline.Message{Channel: f.channel, TS: f.ts}, Text: "Forged"}
	}
	if f.On == commands.GlobalShortcut || f.On == commands.HomeOpened {
		req.Channel = ""
	}
	want := storage.Want{Channel: req.Channel}
	switch {
	case f.Direct && strings.HasPrefix(f.Name, "round."): // it reads, before it asks the table, what nobody has asked
		return pipeline.Decision{}, false
	case f.On == commands.Slash && f.Name == "/antibacklog" && f.Word == "": // it asks again about the idea that the words name
		return pipeline.Decision{}, false
	case f.Direct && f.On != commands.HomeOpened && f.On != commands.Slash:
		want.Team = "PAY"
	case f.Wants != nil:
		var err error
		if want, err = f.Wants(req); err != nil {
			return pipeline.Decision{}, false
		}
	}
	want.User = p.ID
	loaded, err := w.store.Begin(w.c.Context(), want)
	if err != nil {
		w.c.Fatal(err)
	}
	req.Loaded = loaded
	action := f.May
	if f.MayFor != nil {
		action = f.MayFor(req)
	}
	if action == pipeline.ChangeOwnIdea && loaded.Idea != nil && loaded.Idea.Author != p.ID {
		action = pipeline.ChangeAnyIdea
	}
	here := loaded.InChannel || !f.inForm && loaded.Team != nil && req.Channel == loaded.Team.Channel
	return pipeline.May(policy, p, action, pipeline.Where{Team: loaded.Team, InChannel: here, OwnsAnyTeam: loaded.OwnsAnyTeam}), true
}
