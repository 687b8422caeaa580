package slacksim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// acting finds who acts and where, and refuses what Slack's own page would not let them do; s.mu is held.
func (s *Sim) acting(person, channel string) (*Person, *room, error) {
	p, err := s.person(person)
	if err != nil {
		return nil, nil, err
	}
	if err := active(p); err != nil {
		return nil, nil, err
	}
	r, err := s.visibleRoom(p, channel)
	return p, r, err
}

func active(p *Person) error {
	switch {
	case p.Deactivated:
		return fmt.Errorf("%s is deactivated and cannot act; nothing was done. Activate the account first", p.Name)
	case p.Bot:
		return fmt.Errorf("%s is a bot and acts through the Web API; nothing was done", p.Name)
	}
	return nil
}

// Type sends what person typed into the box of channel: a slash command when it begins with "/", else a message.
func (s *Sim) Type(ctx context.Context, person, channel, text string) error {
	name, rest, _ := strings.Cut(text, " ")
	if own := builtIn[strings.ToLower(name)]; own != nil {
		return own(s, ctx, person, channel, strings.TrimSpace(rest))
	}
	if strings.HasPrefix(text, "/") {
		return s.command(ctx, person, channel, text)
	}
	return s.write(person, channel, "", text)
}

// builtIn are Slack's own commands that change who is in a channel.
var builtIn = map[string]func(s *Sim, ctx context.Context, person, channel, rest string) error{
	"/invite": (*Sim).Invite,
	"/remove": (*Sim).Kick,
	"/kick":   (*Sim).Kick,
	"/rename": (*Sim).Rename,
	"/join": func(s *Sim, ctx context.Context, person, _, rest string) error {
		return s.Join(ctx, person, rest)
	},
	"/leave": func(s *Sim, ctx context.Context, person, channel, _ string) error {
		return s.Leave(ctx, person, channel)
	},
	"/archive": func(s *Sim, ctx context.Context, person, channel, _ string) error {
		return s.Archive(ctx, person, channel)
	},
}

// Reply sends a message into the thread of a message. Commands do not work in threads, as in Slack.
func (s *Sim) Reply(_ context.Context, person, channel, threadTS, text string) error {
	if threadTS == "" {
		return errors.New("a reply needs the ts of a message; nothing was sent. Take it from the channel view")
	}
	return s.write(person, channel, threadTS, text)
}

func (s *Sim) write(person, channel, threadTS, text string) error {
	s.mu.Lock()
	defer s.unlock()
	p, r, err := s.acting(person, channel)
	switch {
	case err != nil:
		return err
	case strings.TrimSpace(text) == "":
		return errors.New("an empty message cannot be sent; type something")
	case r.Archived:
		return fmt.Errorf("#%s is archived; nothing was sent. Unarchive it first", r.Name)
	case !r.has(p.ID):
		return fmt.Errorf("%s is not in #%s; nothing was sent. Join it first", p.Name, r.Name)
	case s.silent(r):
		return errSilent
	}
	parent, err := r.thread(threadTS)
	if err != nil {
		return fmt.Errorf("there is no message %s in %s; nothing was sent", threadTS, channel)
	}
	m := &message{User: p.ID, Text: s.compose(text, false), ThreadTS: parent}
	s.say(r, m)
	s.did("Type", p, r, m.TS, m.Text)
	return nil
}

// errSilent says in Slack's words that people cannot write to the app.
var errSilent = errors.New("sending messages to this app has been turned off; nothing was sent")

// silent tells whether r is the DM with an app that takes no messages: there is nothing to type into; s.mu is held.
func (s *Sim) silent(r *room) bool {
	return r.IM && r.has(s.app.BotUser) && (s.app.NoChat || s.app.ReadOnlyChat)
}

// did notes in the ledger what a person did.
func (s *Sim) did(what string, p *Person, r *room, ts, text string) {
	e := Entry{Kind: KindAct, Method: what, By: p.ID, TS: ts, Text: text}
	if r != nil {
		e.Channel = r.ID
	}
	s.record(e)
}

// Slackbot's words when a command went wrong; see the lifecycle notes at
// https://docs.slack.dev/interactivity/implementing-slash-commands.
const (
	unknownCommand   = "`%s` is not a valid command. In Slack, all commands start with a slash, and messages that begin with one are taken for a command."
	dispatchFailed   = "%s failed with the error \"dispatch_failed\""
	operationTimeout = "%s failed with the error \"operation_timeout\""
	invalidResponse  = "%s failed with the error \"invalid_command_response\""
)

// command runs a slash command and shows what the ack says.
func (s *Sim) command(ctx context.Context, person, channel, typed string) error {
	s.mu.Lock()
	p, r, err := s.acting(person, channel)
	if err != nil {
		s.mu.Unlock()
		return err
	}
	switch {
	case r.Archived:
		s.mu.Unlock()
		return fmt.Errorf("#%s is archived; the command was not sent. Unarchive it first", r.Name)
	case s.silent(r):
		s.mu.Unlock()
		return errSilent
	}
	name, text := typed, ""
	if i := strings.IndexAny(typed, " \n\t"); i >= 0 {
		name, text = typed[:i], strings.TrimSpace(typed[i:])
	}
	at := slices.IndexFunc(s.app.Commands, func(c Command) bool { return strings.EqualFold(c.Name, name) })
	if at < 0 || s.uninstalled || !slices.Contains(s.app.Scopes, "commands") || p.Team != "" { // people of other organizations cannot use them
		s.slackbot(r, p, fmt.Sprintf(unknownCommand, escaper.Replace(name)))
		s.did("Type", p, r, "", typed)
		s.unlock()
		return nil
	}
	cmd := s.app.Commands[at]
	if cmd.RawText {
		text = escaper.Replace(text)
	} else {
		text = s.compose(text, true)
	}
	roomName := r.Name
	switch {
	case r.IM:
		roomName = "directmessage"
	case r.Private, r.MPIM:
		roomName = "privategroup"
	}
	payload := encode(obj{
		"token": "local", "team_id": s.team.ID, "team_domain": s.team.Domain, "channel_id": r.ID, "channel_name": roomName, "user_id": p.ID, "user_name": p.Name,
		"command": cmd.Name, "text": text, "api_app_id": s.app.ID, "is_enterprise_install": "false",
		"response_url": s.newResponseURL(p.ID, r.ID, nil), "trigger_id": s.newTrigger(p.ID, r.ID, ""),
	})
	e := envelope{Type: "slash_commands", Accepts: true, Payload: payload, names: []string{cmd.Name}, by: p.ID, channel: r.ID}
	s.did("Type", p, r, "", typed)
	s.unlock()

	ack, err := s.interact(ctx, e)
	var said commandAnswer
	if err == nil && ack != nil {
		said = s.readCommandAnswer(cmd.Name, ack)
	}
	s.mu.Lock()
	defer s.unlock()
	switch {
	case errors.Is(err, errNoSocket):
		s.slackbot(r, p, fmt.Sprintf(dispatchFailed, cmd.Name))
	case errors.Is(err, errNoAck):
		s.slackbot(r, p, fmt.Sprintf(operationTimeout, cmd.Name))
	case err != nil:
		return err
	case ack != nil:
		s.answerCommand(r, p, typed, cmd.Name, said)
	}
	return nil
}

// commandAnswer is a message that came in an ack.
type commandAnswer struct {
	content
	toAll   bool // in the channel, not to the person alone
	refused bool
}

// readCommandAnswer reads and checks it without the lock, so that others can act meanwhile.
func (s *Sim) readCommandAnswer(name string, ack json.RawMessage) commandAnswer {
	b, said, err := readResponse(ack)
	if err == nil && said.empty() {
		err = refuse("no_text")
	}
	if err != nil {
		s.log.Error("An ack carried a message that Slack refuses; the person sees that the command failed, and the app is not told.", "command", name, "error", err)
		s.record(Entry{Kind: KindAck, Method: name, By: "app", Payload: ack, Error: err.Error()})
		return commandAnswer{refused: true}
	}
	return commandAnswer{content: said, toAll: b.ResponseType == "in_channel"}
}

// answerCommand shows a message that came in an ack; s.mu is held.
func (s *Sim) answerCommand(r *room, p *Person, typed, name string, said commandAnswer) {
	switch {
	case said.refused:
		s.slackbot(r, p, fmt.Sprintf(invalidResponse, name))
	case said.toAll:
		if r.has(p.ID) {
			s.say(r, &message{User: p.ID, Text: escaper.Replace(typed)})
		}
		s.say(r, s.appMessage(said.content))
	default:
		s.whisper(r, p.ID, s.appMessage(said.content))
	}
}

// slackbot tells p something that nobody else sees; s.mu is held.
func (s *Sim) slackbot(r *room, p *Person, text string) {
	s.whisper(r, p.ID, &message{Text: text})
}

// EditMessage changes the text of a message of person's own.
func (s *Sim) EditMessage(_ context.Context, person, channel, ts, text string) error {
	s.mu.Lock()
	defer s.unlock()
	p, r, err := s.acting(person, channel)
	if err != nil {
		return err
	}
	m := r.byTS[ts]
	if m == nil || m.User != p.ID || m.BotID != "" || strings.TrimSpace(text) == "" {
		return fmt.Errorf("%s cannot change message %s in %s to %q; nothing was changed. People change their own messages, and not to nothing", p.Name, ts, channel, text)
	}
	m.Text, m.Edited = s.compose(text, false), true
	s.messageEvent(r, m, "message_changed")
	s.did("EditMessage", p, r, ts, m.Text)
	s.touchRoom(r)
	return nil
}

// DeleteMessage removes a message of person's own.
func (s *Sim) DeleteMessage(_ context.Context, person, channel, ts string) error {
	s.mu.Lock()
	defer s.unlock()
	p, r, err := s.acting(person, channel)
	if err != nil {
		return err
	}
	m := r.byTS[ts]
	if m == nil || m.User != p.ID || m.BotID != "" {
		return fmt.Errorf("%s has no message %s in %s; nothing was deleted", p.Name, ts, channel)
	}
	s.unsay(r, m)
	s.did("DeleteMessage", p, r, ts, "")
	return nil
}

// Dismiss hides an ephemeral message from person for good.
func (s *Sim) Dismiss(_ context.Context, person, channel, ts string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.person(person)
	if err != nil {
		return err
	}
	r, err := s.visibleRoom(p, channel)
	if err != nil {
		return err
	}
	if !r.dismiss(p.ID, ts) {
		return fmt.Errorf("%s has no message %s to dismiss in %s", p.Name, ts, channel)
	}
	s.touch(p.ID)
	return nil
}

// React puts an emoji (a name without colons) under a message.
func (s *Sim) React(_ context.Context, person, channel, ts, emoji string) error {
	return s.reaction(person, channel, ts, emoji, "React", s.react)
}

// Unreact takes an emoji back.
func (s *Sim) Unreact(_ context.Context, person, channel, ts, emoji string) error {
	return s.reaction(person, channel, ts, emoji, "Unreact", s.unreact)
}

func (s *Sim) reaction(person, channel, ts, emoji, what string, do func(*room, *message, string, string) error) error {
	s.mu.Lock()
	defer s.unlock()
	p, r, err := s.acting(person, channel)
	if err != nil {
		return err
	}
	m := r.byTS[ts]
	if m == nil {
		return fmt.Errorf("there is no message %s in %s that everybody sees; nothing was done", ts, channel)
	}
	emoji = strings.Trim(emoji, ":")
	if err := do(r, m, p.ID, emoji); err != nil {
		return fmt.Errorf("%s cannot use :%s: on message %s: %w", p.Name, emoji, ts, err)
	}
	s.did(what, p, r, ts, emoji)
	return nil
}
