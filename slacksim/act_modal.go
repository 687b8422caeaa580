package slacksim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"alignbot/slacksim/blockkit"
)

// maxInput is how many characters a text input takes when its max_length does not say.
const maxInput = 3000

// trouble is what a modal shows when the app did not answer, or answered with something Slack refuses.
const trouble = "We had some trouble connecting. Try again?"

// Submit presses the submit button of the modal on top. What the person left out or mistyped is shown by the inputs and not sent.
func (s *Sim) Submit(ctx context.Context, person, viewID string) error {
	s.mu.Lock()
	p, v, err := s.modal(person, viewID)
	if err != nil {
		s.mu.Unlock()
		return err
	}
	v.Errors, v.Trouble = checkInputs(v), ""
	s.did("Submit", p, nil, "", v.CallbackID)
	s.touch(p.ID)
	if len(v.Errors) > 0 {
		s.unlock()
		return nil
	}
	payload := s.interaction("view_submission", p)
	payload["trigger_id"] = s.newTrigger(p.ID, v.channel, v.ID)
	payload["view"] = s.viewWire(v)
	payload["response_urls"] = s.responseURLs(p, v)
	env := envelope{
		Type: "interactive", Accepts: true, Payload: encode(payload), names: []string{v.CallbackID, "view_submission"}, by: p.ID,
	}
	s.unlock()

	ack, err := s.interact(ctx, env)
	s.mu.Lock()
	defer s.unlock()
	failed := errors.Is(err, errNoSocket) || errors.Is(err, errNoAck)
	if err != nil && !failed {
		return err
	}
	if s.views[v.ID] != v {
		return nil // closed meanwhile
	}
	defer s.touch(p.ID)
	if failed {
		v.Trouble = trouble
		return nil
	}
	if err := s.submitted(v, ack); err != nil {
		v.Trouble = trouble
		s.log.Error("An ack to a submitted modal was refused; the person sees that there was trouble, and the app is not told.", "callback_id", v.CallbackID, "error", err)
		s.record(Entry{Kind: KindAck, Method: "view_submission", By: "app", ID: v.ID, Payload: ack, Error: err.Error()})
	}
	return nil
}

// modal finds an open modal of person that can be used now; s.mu is held.
func (s *Sim) modal(person, viewID string) (*Person, *view, error) {
	p, err := s.person(person)
	if err == nil {
		err = active(p)
	}
	if err != nil {
		return nil, nil, err
	}
	v := s.views[viewID]
	if v == nil || v.Type != "modal" || v.Person != p.ID {
		return nil, nil, fmt.Errorf("%s has no modal %q open; nothing was done. It may have been closed meanwhile", p.Name, viewID)
	}
	if !s.isTop(v) {
		return nil, nil, fmt.Errorf("another modal lies on top of %s; nothing was done. Use or close that one first", viewID)
	}
	return p, v, nil
}

// submitted does what the ack of a view_submission says; s.mu is held.
func (s *Sim) submitted(v *view, ack json.RawMessage) error {
	if ack == nil {
		s.hide(v.Person, func(o *view) bool { return o == v })
		return nil
	}
	var a struct {
		Action string            `json:"response_action"`
		Errors map[string]string `json:"errors"`
		View   json.RawMessage   `json:"view"`
	}
	if err := json.Unmarshal(ack, &a); err != nil {
		return fmt.Errorf("not an object with response_action: %w", err)
	}
	switch a.Action {
	case "errors":
		inputs := blockkit.InputIDs(v.JSON)
		if len(a.Errors) == 0 {
			return errors.New("response_action errors without errors")
		}
		for block := range a.Errors {
			if !slices.Contains(inputs, block) {
				return fmt.Errorf("errors for %q, which is no input block of the view", block)
			}
		}
		v.Errors = a.Errors
	case "clear":
		s.hide(v.Person, func(o *view) bool { return o.RootID == v.RootID })
	case "update", "push":
		src, err := readView(string(a.View), "modal")
		if err != nil {
			return err
		}
		if a.Action == "update" {
			if err := s.acceptable(src, v); err != nil {
				return err
			}
			v.fill(src)
			return nil
		}
		_, err = s.show(src, &trigger{person: v.Person, channel: v.channel}, v)
		return err
	default:
		return fmt.Errorf("unknown response_action %q", a.Action)
	}
	return nil
}

// responseURLs are given for selects in input blocks with response_url_enabled; s.mu is held.
func (s *Sim) responseURLs(p *Person, v *view) []obj {
	out := []obj{}
	for _, e := range elementsOf(v.JSON) {
		if !e.Input || !e.flag("response_url_enabled") {
			continue
		}
		val := stateOf(v.JSON, v.State)[e.Block][e.Action]
		if len(val.IDs) == 1 {
			out = append(out, obj{"block_id": e.Block, "action_id": e.Action, "channel_id": val.IDs[0], "response_url": s.newResponseURL(p.ID, val.IDs[0], nil)})
		}
	}
	return out
}

// checkInputs is what Slack's own page checks before it sends a modal: block_id to text.
func checkInputs(v *view) map[string]string {
	state := stateOf(v.JSON, v.State)
	found := map[string]string{}
	for _, e := range elementsOf(v.JSON) {
		if !e.Input {
			continue
		}
		if text := checkInput(e, state[e.Block][e.Action]); text != "" {
			found[e.Block] = text
		}
	}
	return found
}

func checkInput(e element, v Value) string {
	if v.Empty() || (len(v.Options) == 0 && len(v.IDs) == 0 && strings.TrimSpace(v.Text) == "") {
		if e.Optional {
			return ""
		}
		return "Please complete this required field."
	}
	switch e.Type {
	case "plain_text_input":
		n := utf8.RuneCountInString(v.Text)
		if least, ok := e.number("min_length"); ok && n < least {
			return fmt.Sprintf("Please use at least %d characters.", least)
		}
		most, ok := e.number("max_length")
		if !ok {
			most = maxInput
		}
		if n > most {
			return fmt.Sprintf("Please use at most %d characters.", most)
		}
	case "email_text_input":
		if a, err := mail.ParseAddress(v.Text); err != nil || a.Address != v.Text {
			return "Please enter a valid email address."
		}
	case "url_text_input":
		if u, err := url.Parse(v.Text); err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
			return "Please enter a valid URL."
		}
	case "number_input":
		return checkNumber(e, v.Text)
	}
	return ""
}

func checkNumber(e element, text string) string {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || strings.ContainsAny(text, "xXpP_nN") {
		return "Please enter a valid number."
	}
	if strings.ContainsAny(text, ".eE") && !e.flag("is_decimal_allowed") {
		return "Please enter a whole number."
	}
	if least, err := strconv.ParseFloat(e.text("min_value"), 64); err == nil && f < least {
		return "Please enter a number of at least " + e.text("min_value") + "."
	}
	if most, err := strconv.ParseFloat(e.text("max_value"), 64); err == nil && f > most {
		return "Please enter a number of at most " + e.text("max_value") + "."
	}
	return ""
}

// CloseModal closes a modal without submitting it: all is the X, which closes the whole stack; else it is Cancel, which closes
// this modal only, unless it is set to clear the stack.
func (s *Sim) CloseModal(ctx context.Context, person, viewID string, all bool) error {
	s.mu.Lock()
	p, v, err := s.modal(person, viewID)
	if err != nil {
		s.mu.Unlock()
		return err
	}
	told := v
	if all = all || v.ClearOnClose; all {
		if root := s.views[v.RootID]; root != nil {
			told = root
		}
	}
	var env envelope
	if told.NotifyOnClose {
		payload := s.interaction("view_closed", p)
		payload["view"], payload["is_cleared"] = s.viewWire(told), all
		env = envelope{Type: "interactive", Payload: encode(payload), names: []string{told.CallbackID, "view_closed"}, by: p.ID}
	}
	s.hide(p.ID, func(o *view) bool { return o == v || (all && o.RootID == v.RootID) })
	s.did("CloseModal", p, nil, "", v.CallbackID)
	s.unlock()
	if env.Payload == nil {
		return nil
	}
	if _, err := s.interact(ctx, env); err != nil && !errors.Is(err, errNoSocket) && !errors.Is(err, errNoAck) {
		return err
	}
	return nil
}
