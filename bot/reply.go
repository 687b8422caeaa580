package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"github.com/slack-go/slack"

	"alignbot/commands"
)

const (
	// ackLimit: Slack drops a larger acknowledgement without a word.
	ackLimit = 20<<10 - 512
	// formGrace is how long after the budget a form may still be opened: a
	// trigger lives for three seconds.
	formGrace = 300 * time.Millisecond
	// afterLimit bounds what is done after the acknowledgement.
	afterLimit = 8 * time.Second
	// patience is the longest wait that a reply to a person is worth when
	// Slack asks to wait.
	patience = 3 * time.Second
)

// slip is a reply on its way to the person.
type slip struct {
	act     *act
	request *commands.Request
	reply   commands.Reply
	err     error
	// inAck: the acknowledgement holds all there is to say.
	inAck bool
	// shown is the form that the reply has opened or redrawn, below the one that it
	// redrew under that; zero for none.
	shown, below shownView
	// later: this is what Later gave.
	later bool
}

// payload gives what goes into the acknowledgement, nil for nothing, and notes
// what is left to be carried out. The form that a command opens is opened
// here: should that fail, the acknowledgement can still say so.
func (b *Bot) payload(d delivery, s *slip) []byte {
	a := s.act
	if s.err == nil && a.on == commands.Slash && s.reply.Open != nil {
		opening, cancel := context.WithDeadline(b.life, d.at.Add(b.settings.Timing.Budget+formGrace))
		shown, err := b.send.openView(opening, a.trigger, s.reply.Open)
		cancel()
		s.shown = shown
		s.reply.Open = nil
		if err != nil {
			late := b.app.Late(b.life, b.notOpened(err), s.request, a.name, a.text)
			s.reply.Tell = &late
		}
	}
	var answer []byte
	var err error
	if s.err != nil {
		answer, err = errorPayload(a, s.err, s.request.Form)
	} else {
		answer, err = replyPayload(a, &s.reply)
	}
	switch {
	case err != nil:
		b.log.Error("an answer could not be encoded", "op_id", s.request.Op, "err", err)
		return nil
	case len(answer) <= ackLimit:
		s.inAck = true
		return answer
	case a.on == commands.Slash:
		return nil // it goes through the response URL
	}
	s.err = fmt.Errorf("an answer of %d bytes is larger than Slack takes", len(answer))
	b.log.Error("an act failed", "op_id", s.request.Op, "err", s.err)
	answer, _ = errorPayload(a, s.err, s.request.Form)
	return answer
}

// encode is json.Marshal without escapes for HTML: they would make up to six
// bytes of one where only 20 KB are allowed.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// submission is the acknowledgement of a submitted form.
// https://docs.slack.dev/surfaces/modals#response_actions
type submission struct {
	Action string                  `json:"response_action"`
	Errors map[string]string       `json:"errors,omitempty"`
	View   *slack.ModalViewRequest `json:"view,omitempty"`
}

// replyPayload gives what of the reply goes into the acknowledgement.
func replyPayload(a *act, r *commands.Reply) ([]byte, error) {
	switch a.on {
	case commands.Slash:
		if r.Tell == nil {
			r.Tell, r.Replace = r.Replace, nil
		}
		if r.Tell != nil {
			return encode(privateMessage{ResponseType: "ephemeral", Text: string(r.Tell.Text), Blocks: r.Tell.Blocks})
		}
	case commands.Submit:
		switch {
		case r.Update != nil:
			anchor(r.Update.Blocks)
			return encode(submission{Action: "update", View: r.Update})
		case r.Open != nil:
			anchor(r.Open.Blocks)
			return encode(submission{Action: "push", View: r.Open})
		}
	case commands.Suggest:
		options := r.Options
		if options == nil {
			options = []*slack.OptionBlockObject{}
		}
		return encode(map[string]any{"options": options[:min(len(options), 100)]})
	}
	return nil, nil
}

// errorPayload gives the words for an error, where the acknowledgement can
// hold them.
func errorPayload(a *act, err error, form *commands.Form) ([]byte, error) {
	switch a.on {
	case commands.Slash:
		words := commands.Trouble(err)
		return encode(privateMessage{ResponseType: "ephemeral", Text: string(words.Text), Blocks: words.Blocks})
	case commands.Submit:
		// The form stays open with all that was typed.
		return encode(submission{Action: "errors", Errors: commands.FieldErrors(err, form)})
	case commands.Suggest:
		return []byte(`{"options":[]}`), nil
	}
	return nil, nil
}

// carryOut does what the acknowledgement could not hold.
func (b *Bot) carryOut(d delivery, s *slip) {
	ctx, cancel := context.WithTimeout(b.life, afterLimit)
	defer cancel()
	a, r := s.act, &s.reply
	if s.err != nil {
		b.sayTrouble(ctx, d, s)
		return
	}
	refused := false
	if a.on != commands.Submit || s.later {
		under := s.updated()
		if r.Open != nil {
			var err error
			if s.shown, err = b.openForm(ctx, d, a, r.Open); err != nil {
				words := commands.Trouble(b.notOpened(err))
				r.Tell = &words
			}
		}
		if r.Update != nil && under.id != "" {
			refused = b.redraw(ctx, s, &under, r.Update)
			if r.Open == nil {
				s.shown = under
			}
		}
	}
	if r.Below != nil && s.request.Form != nil && s.request.Form.Below != "" {
		// The first time what is typed in it stays, because its inputs keep their ids.
		if s.below.id == "" {
			s.below.id = s.request.Form.Below
		}
		refused = b.redraw(ctx, s, &s.below, r.Below) || refused
	}
	if refused && r.Refused != nil {
		instead := *s
		instead.reply = r.Refused(ctx)
		b.carryOut(d, &instead)
		return
	}
	if r.Replace != nil {
		b.replace(ctx, d, s)
	}
	if r.Tell != nil && (a.on != commands.Slash || !s.inAck) {
		b.tell(ctx, d, s, *r.Tell)
	}
	if r.Home != nil {
		b.publish(ctx, d, a.user, r.Home)
	}
	if r.After != nil {
		rest := *s
		rest.reply, rest.inAck = b.rest(ctx, s, r.After), false
		b.carryOut(d, &rest)
	}
	if r.Extra != nil {
		b.extras.add(d, s)
	}
	if r.Later != nil {
		rest := *s
		b.behind.run(func() {
			ctx, cancel := context.WithTimeout(b.life, b.laterLimit())
			defer cancel()
			rest.reply, rest.inAck, rest.later = b.rest(ctx, &rest, r.Later), false, true
			b.carryOut(d, &rest)
		})
	}
}

// laterLimit bounds what is done later. Pictures are given up before, so that it can be
// said.
func (b *Bot) laterLimit() time.Duration { return b.settings.Timing.Picture + afterLimit }

// redraw shows a form anew where it is, unless somebody changed it; it tells whether
// Slack refuses what it shows.
func (b *Bot) redraw(ctx context.Context, s *slip, shown *shownView, v *slack.ModalViewRequest) (refused bool) {
	err := b.patiently(ctx, true, func() (err error) {
		*shown, err = b.send.updateView(ctx, *shown, v)
		return err
	})
	switch codeOf(err) {
	case codeOK, "hash_conflict", "not_found": // something newer is on the screen, or the person has closed it
		return false
	}
	b.log.Warn("a form could not be redrawn", "op_id", s.request.Op, "slack_error", codeOf(err), "err", err)
	return codeOf(err) == "invalid_arguments"
}

// updated is the form that Update redraws, where nobody changed it since: the one that
// the reply has opened or redrawn before, else the one the person is in; zero for none.
// What an acknowledgement has redrawn has a hash that Slack does not tell.
func (s *slip) updated() shownView {
	switch form := s.request.Form; {
	case s.shown.id != "":
		return s.shown
	case form != nil && s.act.on == commands.Submit:
		return shownView{id: form.ID}
	case form != nil:
		return shownView{form.ID, form.Hash}
	}
	return shownView{}
}

// rest gives the rest of a reply. The act itself is done: a panic costs no more
// than what is still to be said.
func (b *Bot) rest(ctx context.Context, s *slip, say func(context.Context) commands.Reply) (rest commands.Reply) {
	defer func() {
		if r := recover(); r != nil {
			b.log.Error("the rest of a reply failed", "op_id", s.request.Op, "err", fmt.Sprintf("panic: %v\n%s", r, debug.Stack()))
			rest = commands.Reply{}
		}
	}()
	return say(ctx)
}

// openForm shows a form; within a form on top of it.
func (b *Bot) openForm(ctx context.Context, d delivery, a *act, form *slack.ModalViewRequest) (shownView, error) {
	ctx, cancel := context.WithDeadline(ctx, d.at.Add(b.settings.Timing.Budget+formGrace))
	defer cancel()
	if a.inModal {
		return b.send.pushView(ctx, a.trigger, form)
	}
	return b.send.openView(ctx, a.trigger, form)
}

// sayTrouble tells the person what went wrong, where the acknowledgement could
// not. What somebody is typing is never disturbed.
func (b *Bot) sayTrouble(ctx context.Context, d delivery, s *slip) {
	a := s.act
	words := commands.Trouble(s.err)
	switch a.on {
	case commands.HomeOpened:
		if _, expected := commands.Explain(s.err); expected {
			b.publish(ctx, d, a.user, &slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: slack.Blocks{BlockSet: words.Blocks}})
		}
	case commands.Slash:
		if !s.inAck {
			b.tell(ctx, d, s, words)
		}
	case commands.Button, commands.MessageShortcut, commands.GlobalShortcut:
		if a.typing {
			return
		}
		if a.inModal || a.inHome || a.on == commands.GlobalShortcut {
			if b.alert(ctx, d, a, "Not done", words) == nil {
				return
			}
		}
		b.tell(ctx, d, s, words)
	}
}

// alert shows words over the Home or form the person is in: no channel is in
// sight there.
func (b *Bot) alert(ctx context.Context, d delivery, a *act, title string, p commands.Post) error {
	_, err := b.openForm(ctx, d, a, &slack.ModalViewRequest{
		Type:   slack.VTModal,
		Title:  slack.NewTextBlockObject(slack.PlainTextType, title, false, false),
		Close:  slack.NewTextBlockObject(slack.PlainTextType, "Close", false, false),
		Blocks: slack.Blocks{BlockSet: p.Blocks},
	})
	return err
}

// replace rewrites the private message whose button was used.
func (b *Bot) replace(ctx context.Context, d delivery, s *slip) {
	err := error(errNoAddress)
	if s.act.respondTo != "" {
		err = b.patiently(ctx, true, func() error { return b.send.respond(ctx, s.act.respondTo, *s.reply.Replace, true) })
	}
	if err != nil {
		b.log.Warn("a message could not be replaced; shown anew", "op_id", s.request.Op, "slack_error", codeOf(err), "err", err)
		if remedyOf(err) != unconfirmed {
			b.tell(ctx, d, s, *s.reply.Replace)
		}
	}
}

// errNoAddress: Slack gave no response URL with the act.
var errNoAddress = &SlackError{Method: "response_url", Code: "none"}

// tell shows a message to the person alone: where they acted (over the Home or
// form they are in, when that belongs to no channel), else in a direct message.
// Outsiders get no direct messages.
func (b *Bot) tell(ctx context.Context, d delivery, s *slip, p commands.Post) {
	a, r := s.act, s.request
	if a.on == commands.Button && (a.inModal || a.inHome) && r.Channel == "" && len(p.Blocks) > 0 && b.alert(ctx, d, a, "alignbot", p) == nil {
		return
	}
	err := error(errNoAddress)
	if a.respondTo != "" {
		err = b.patiently(ctx, false, func() error { return b.send.respond(ctx, a.respondTo, p, false) })
	}
	outside := a.outside || r.Person.Outsider
	if err != nil && remedyOf(err) != unconfirmed && r.Channel != "" && !outside {
		thread := ""
		if r.Message != nil && r.Message.Channel == r.Channel {
			thread = r.Message.Thread
		}
		err = b.patiently(ctx, false, func() error { return b.send.ephemeral(ctx, r.Channel, a.user, thread, p) })
	}
	if err != nil && remedyOf(err) != unconfirmed && remedyOf(err) != tokenDead && !outside {
		err = b.patiently(ctx, false, func() error {
			_, err := b.send.post(ctx, a.user, "", p)
			return err
		})
	}
	if err != nil {
		b.log.Warn("a reply did not reach the person", "op_id", r.Op, "slack_error", codeOf(err), "err", err)
	}
}

// publish draws a person's Home. Of two at once, the one asked for later is
// what stays.
func (b *Bot) publish(ctx context.Context, d delivery, user string, home *slack.HomeTabViewRequest) {
	b.homes.inOrder(user, d.at, func() {
		err := b.patiently(ctx, true, func() error { return b.send.publishHome(ctx, user, home) })
		if err != nil {
			b.log.Warn("a Home could not be drawn", "user", user, "slack_error", codeOf(err), "err", err)
		}
	})
}

// patiently repeats a call once, where that is safe and not a long wait.
// repeatable: the call may be made again although it may have worked.
func (b *Bot) patiently(ctx context.Context, repeatable bool, call func() error) error {
	err := call()
	var refused *SlackError
	if !errors.As(err, &refused) {
		return err
	}
	d := 200 * time.Millisecond
	switch refused.remedy {
	case throttled:
		d = refused.After
	case retryLater:
	case unconfirmed:
		if !repeatable {
			return err
		}
	default:
		return err
	}
	if d > patience || !pause(ctx, d) {
		return err
	}
	return call()
}
