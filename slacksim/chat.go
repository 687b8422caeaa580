package slacksim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"alignbot/slacksim/blockkit"
)

// content is what a message says, checked.
type content struct {
	text                          string
	blocks, attachments, metadata json.RawMessage
	hasText, hasBlocks            bool // given at all, even if empty
}

// content reads text, blocks, attachments and metadata. maxText is the length from which text is refused (0: it is cut
// off at Slack's 40,000 instead).
func (c *call) content(maxText int) (content, error) {
	var out content
	out.text, out.hasText = c.args["text"]
	if md := c.str("markdown_text"); md != "" {
		if out.text != "" || c.str("blocks") != "" {
			return out, refuse("markdown_text_conflict")
		}
		if utf8.RuneCountInString(md) > blockkit.MaxMarkdownText {
			return out, refuse("msg_too_long")
		}
		out.text, out.hasText = md, true
	}
	if n := utf8.RuneCountInString(out.text); maxText > 0 && n > maxText {
		return out, refuse("msg_too_long")
	} else if n > blockkit.MaxText {
		out.text = string([]rune(out.text)[:blockkit.MaxText])
		c.warn = append(c.warn, "message_truncated")
	}
	var raw string
	if raw, out.hasBlocks = c.args["blocks"]; raw != "" {
		blocks, err := checkBlocks([]byte(raw))
		if err != nil {
			return out, err
		}
		out.blocks = blocks
	}
	if raw := c.str("attachments"); raw != "" {
		list, ps := blockkit.ReadAttachments([]byte(raw))
		if len(ps) > 0 {
			return out, chatRefusal(ps)
		}
		if len(list) > 0 {
			out.attachments = withIDs(list)
		}
	}
	if raw := c.str("metadata"); raw != "" {
		var m struct {
			EventType    string          `json:"event_type"`
			EventPayload json.RawMessage `json:"event_payload"`
		}
		if json.Unmarshal([]byte(raw), &m) != nil {
			return out, refuse("invalid_metadata_format")
		}
		if m.EventType == "" || len(m.EventPayload) == 0 {
			return out, refuse("invalid_metadata_schema")
		}
		out.metadata = json.RawMessage(raw)
	}
	return out, nil
}

// checkBlocks refuses what Slack refuses and gives each block and element an id; an empty array is no blocks.
func checkBlocks(raw []byte) (json.RawMessage, error) {
	blocks, ps := blockkit.ReadMessage(raw)
	switch {
	case len(ps) > 0:
		return nil, chatRefusal(ps)
	case len(blocks) == 0:
		return nil, nil
	case blocks.TextTotal() > blockkit.MaxTextTotal:
		return nil, refuse("msg_blocks_too_long")
	}
	return withIDs([]any(blocks)), nil
}

func chatRefusal(ps []blockkit.Problem) *refusal {
	code, errs := blockkit.ChatError(ps)
	r := &refusal{code: code, errors: errs}
	for _, e := range errs {
		r.messages = append(r.messages, "[ERROR] "+e)
	}
	return r
}

func (c content) empty() bool {
	return strings.TrimSpace(c.text) == "" && len(c.blocks) == 0 && len(c.attachments) == 0
}

// postable finds where the app may post; s.mu is held.
func (s *Sim) postable(channel string) (*room, error) {
	if channel == "" {
		return nil, refuse("channel_not_found")
	}
	if p := s.people[channel]; p != nil {
		if p.Deactivated || p.ID == s.app.BotUser {
			return nil, refuse("channel_not_found")
		}
		if s.app.NoChat {
			return nil, refuse("messages_tab_disabled")
		}
		return s.openDM(p.ID, s.app.BotUser), nil
	}
	r := s.find(channel)
	member := r != nil && r.has(s.app.BotUser)
	switch {
	case r == nil, (r.Private || r.IM || r.MPIM) && !member:
		return nil, refuse("channel_not_found")
	case r.Archived:
		return nil, refuse("is_archived")
	case r.IM && s.app.NoChat:
		return nil, refuse("messages_tab_disabled")
	case !member && !slices.Contains(s.app.Scopes, "chat:write.public"):
		return nil, refuse("not_in_channel")
	}
	return r, nil
}

// thread finds the parent that a thread_ts means; a reply's own ts leads to its parent.
func (r *room) thread(ts string) (string, error) {
	if ts == "" {
		return "", nil
	}
	m := r.byTS[ts]
	if m == nil {
		return "", refuse("thread_not_found")
	}
	if m.ThreadTS != "" {
		return m.ThreadTS, nil
	}
	return m.TS, nil
}

// postRate takes from the buckets for posting; s.mu must not be needed afterwards if it refuses.
func (s *Sim) postRate(r *room) error {
	if after, ok := s.limits.take("channel "+r.ID, s.limits.current().Channel); !ok {
		return throttled(after)
	}
	if after, ok := s.limits.take("posting", s.limits.current().Workspace); !ok {
		return throttled(after)
	}
	return nil
}

// say puts a message into a room, tells those who see it and sends the app its event; s.mu is held.
func (s *Sim) say(r *room, m *message) {
	m.TS = s.nextTS()
	r.add(m)
	if m.User != "" {
		r.Read[m.User] = m.TS
	}
	s.messageEvent(r, m, "")
	s.touchRoom(r)
}

// checkFiles refuses blocks that show a slack_file that is not there or not an image yet, or that the workspace does not
// know; s.mu is held.
func (s *Sim) checkFiles(c content) error {
	if s.invalidSlackFile(c.blocks) || s.invalidSlackFile(c.attachments) {
		return errSlackFile
	}
	if unknown := s.unknownBlock(c.blocks); unknown != "" {
		return chatRefusal([]blockkit.Problem{{Code: blockkit.CodeFailedConstraint, Message: "unsupported type: " + unknown}})
	}
	return nil
}

func (s *Sim) appMessage(c content) *message {
	return &message{
		User: s.app.BotUser, BotID: s.app.BotID, Subtype: "", Text: c.text, Blocks: c.blocks, Attachments: c.attachments, Metadata: c.metadata,
	}
}

func (s *Sim) chatPostMessage(c *call) (obj, error) {
	said, err := c.content(0)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.unlock()
	r, err := s.postable(c.str("channel"))
	if err != nil {
		return nil, err
	}
	if said.empty() {
		return nil, refuse("no_text")
	}
	if err := s.checkFiles(said); err != nil {
		return nil, err
	}
	parent, err := r.thread(c.str("thread_ts"))
	if err != nil {
		return nil, err
	}
	if err := s.postRate(r); err != nil {
		return nil, err
	}
	m := s.appMessage(said)
	m.ThreadTS, m.Broadcast = parent, c.flag("reply_broadcast")
	if c.flag("link_names") || c.str("parse") == "full" {
		m.Text = s.linkNames(m.Text)
	}
	if slices.Contains(s.app.Scopes, "chat:write.customize") {
		m.Username = c.str("username")
	}
	s.say(r, m)
	return obj{"channel": r.ID, "ts": m.TS, "message": s.wire(r, m)}, nil
}

func (s *Sim) chatPostEphemeral(c *call) (obj, error) {
	said, err := c.content(blockkit.MaxText)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.unlock()
	r, err := s.postable(c.str("channel"))
	if err != nil {
		return nil, err
	}
	user := c.str("user")
	switch p := s.people[user]; {
	case said.empty():
		return nil, refuse("no_text")
	case p == nil || p.Deactivated || !r.has(p.ID):
		return nil, refuse("user_not_in_channel")
	case !r.has(s.app.BotUser):
		return nil, refuse("not_in_channel")
	}
	if err := s.checkFiles(said); err != nil {
		return nil, err
	}
	parent, err := r.thread(c.str("thread_ts"))
	if err != nil {
		return nil, err
	}
	m := s.appMessage(said)
	m.ThreadTS = parent
	s.whisper(r, user, m)
	return obj{"message_ts": m.TS}, nil
}

// whisper shows m to one person only; s.mu is held.
func (s *Sim) whisper(r *room, person string, m *message) {
	m.TS, m.For = s.nextTS(), person
	r.Ephemerals[person] = append(r.Ephemerals[person], m)
	s.touch(person)
}

// own finds a message that the app may change; s.mu is held.
func (s *Sim) own(c *call, denied string) (*room, *message, error) {
	r := s.find(c.str("channel"))
	if r == nil || s.room[c.str("channel")] == nil || ((r.Private || r.IM || r.MPIM) && !r.has(s.app.BotUser)) {
		return nil, nil, refuse("channel_not_found")
	}
	m := r.byTS[c.str("ts")]
	switch {
	case m == nil:
		return nil, nil, refuse("message_not_found")
	case m.BotID != s.app.BotID:
		return nil, nil, refuse(denied)
	case r.Archived:
		return nil, nil, refuse("is_archived")
	}
	return r, m, nil
}

func (s *Sim) chatUpdate(c *call) (obj, error) {
	said, err := c.content(blockkit.MaxUpdateText)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.unlock()
	r, m, err := s.own(c, "cant_update_message")
	if err != nil {
		return nil, err
	}
	if said.empty() && !said.hasBlocks {
		return nil, refuse("no_text")
	}
	if err := s.checkFiles(said); err != nil {
		return nil, err
	}
	if c.flag("link_names") || c.str("parse") == "full" {
		said.text = s.linkNames(said.text)
	}
	s.rewrite(r, m, said)
	if said.metadata != nil {
		m.Metadata = said.metadata
	}
	m.Edited = len(m.Blocks) == 0 // edits with blocks show no mark
	s.messageEvent(r, m, "message_changed")
	return obj{"channel": r.ID, "ts": m.TS, "text": m.Text, "message": s.wire(r, m)}, nil
}

// rewrite gives m new content: text without blocks removes the blocks, what is not given stays. What a viewer chose
// stays where the ids stay; warnings go.
func (s *Sim) rewrite(r *room, m *message, said content) {
	if said.hasText {
		m.Text = said.text
		if !said.hasBlocks {
			m.Blocks = nil
		}
	}
	if said.hasBlocks {
		m.Blocks = said.blocks
	}
	if said.attachments != nil || said.hasText {
		m.Attachments = said.attachments
	}
	m.Warnings = nil
	kept := elementsOf(m.Blocks)
	for _, st := range m.State {
		forget(st, kept)
	}
	if m.For != "" {
		s.touch(m.For)
		return
	}
	s.touchRoom(r)
}

func (s *Sim) chatDelete(c *call) (obj, error) {
	s.mu.Lock()
	defer s.unlock()
	r, m, err := s.own(c, "cant_delete_message")
	if err != nil {
		return nil, err
	}
	s.unsay(r, m)
	return obj{"channel": r.ID, "ts": m.TS}, nil
}

// unsay removes a message; one with replies leaves a tombstone. s.mu is held.
func (s *Sim) unsay(r *room, m *message) {
	s.messageEvent(r, m, "message_deleted")
	if len(r.Replies[m.TS]) > 0 {
		*m = message{TS: m.TS, ThreadTS: m.ThreadTS, Subtype: "tombstone", Text: "This message was deleted."}
	} else {
		r.remove(m)
	}
	s.touchRoom(r)
}

func (s *Sim) chatGetPermalink(c *call) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.room[c.str("channel")]
	if r == nil || ((r.Private || r.IM || r.MPIM) && !r.has(s.app.BotUser)) {
		return nil, refuse("channel_not_found")
	}
	m := r.byTS[c.str("message_ts")]
	if m == nil {
		return nil, refuse("message_not_found")
	}
	return obj{"channel": r.ID, "permalink": s.permalink(r, m)}, nil
}

func (s *Sim) permalink(r *room, m *message) string {
	link := fmt.Sprintf("%s/archives/%s/p%s", s.URL(), r.ID, strings.Replace(m.TS, ".", "", 1))
	if m.ThreadTS != "" && m.ThreadTS != m.TS {
		link += "?thread_ts=" + m.ThreadTS + "&cid=" + r.ID
	}
	return link
}
