package slacksim

import (
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"
)

const (
	responseUses = 5
	responseLife = 30 * time.Minute
)

// responseURL lets the app answer where a person acted.
type responseURL struct {
	person, channel string
	ts              string // the message acted on, "" for a slash command
	ephemeral       bool   // that message was ephemeral
	expires         time.Time
	uses            int
}

// newResponseURL gives out a response_url; s.mu is held. m is the message acted on, or nil.
func (s *Sim) newResponseURL(person, channel string, m *message) string {
	u := &responseURL{person: person, channel: channel, expires: s.clock.now().Add(responseLife)}
	if m != nil {
		u.ts, u.ephemeral = m.TS, m.For != ""
	}
	id := rand.Text()
	s.responses.put(id, u)
	return s.URL() + "/response/" + s.team.ID + "/" + id
}

// responseBody is what may be posted to a response_url, or come in the ack to a command, beside the message itself.
type responseBody struct {
	ResponseType    string
	ReplaceOriginal bool
	DeleteOriginal  bool
	ThreadTS        string
}

// readResponse reads and checks it. It needs no lock.
func readResponse(body []byte) (b responseBody, said content, err error) {
	c := &call{args: map[string]string{}}
	given, err := c.readJSON(body)
	if err != nil {
		return b, said, refuse("invalid_payload")
	}
	for name, to := range map[string]any{
		"response_type": &b.ResponseType, "replace_original": &b.ReplaceOriginal, "delete_original": &b.DeleteOriginal, "thread_ts": &b.ThreadTS,
	} {
		if value, has := given[name]; has && json.Unmarshal(value, to) != nil {
			return b, said, refuse("invalid_payload")
		}
	}
	said, err = c.content(0)
	return b, said, err
}

// serveResponseURL answers POST /response/<team>/<id>.
func (s *Sim) serveResponseURL(w http.ResponseWriter, r *http.Request) {
	id := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	effect, struck := s.faults.strike("response_url")
	if struck {
		s.record(Entry{Kind: KindFault, Method: "response_url"})
		if !s.before(w, r, effect) {
			return
		}
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxForm))
	entry := Entry{Kind: KindResponse, Method: "response_url", By: "app", Payload: body}
	if !json.Valid(body) {
		entry.Payload = nil
	}
	switch {
	case err != nil:
	case r.Method != http.MethodPost:
		err = refuse("invalid_post_type")
	case effect.kind == effectError:
		err = refuse(effect.text)
	default:
		entry.Channel, entry.TS, entry.Text, err = s.respond(id, body)
	}
	if effect.kind == effectLoseReply {
		cut(w)
	}
	if err != nil {
		var no *refusal
		if !errors.As(err, &no) {
			no = refuse("invalid_payload")
		}
		entry.Error = no.Error()
		s.log.Warn("A response_url refused a message.", "error", entry.Error)
		s.record(entry)
		reply := obj{"ok": false, "error": no.code}
		if len(no.errors) > 0 {
			reply["errors"] = no.errors
		}
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write(encode(reply))
		return
	}
	s.record(entry)
	w.Header().Set("Content-Type", "text/html")
	_, _ = io.WriteString(w, "ok")
}

// respond does what the body asks. A refused body does not count as a use.
func (s *Sim) respond(id string, body []byte) (channel, ts, text string, err error) {
	b, said, err := readResponse(body)
	if err != nil {
		return "", "", "", err
	}
	s.mu.Lock()
	defer s.unlock()
	u := s.responses.get(id)
	switch {
	case u == nil, s.clock.now().After(u.expires):
		return "", "", "", refuse("expired_url")
	case u.uses >= responseUses:
		return "", "", "", refuse("used_url")
	}
	r := s.room[u.channel]
	if r == nil {
		return "", "", "", refuse("channel_not_found")
	}
	source := s.source(r, u)
	switch {
	case b.DeleteOriginal:
		if u.ts == "" {
			return "", "", "", refuse("invalid_payload")
		}
		if source != nil {
			s.removeSource(r, source)
		}
		u.uses++
		return r.ID, u.ts, "", nil
	case said.empty() && !said.hasBlocks:
		return "", "", "", refuse("no_text")
	}
	if err := s.checkFiles(said); err != nil {
		return "", "", "", err
	}
	if b.ReplaceOriginal && u.ts != "" && (b.ResponseType == "" || (b.ResponseType == "ephemeral") == u.ephemeral) {
		u.uses++
		if source == nil {
			return r.ID, u.ts, said.text, nil // it was dismissed or deleted meanwhile
		}
		s.rewrite(r, source, said)
		if source.For == "" {
			s.messageEvent(r, source, "message_changed")
		}
		return r.ID, source.TS, said.text, nil
	}
	m := s.appMessage(said)
	if m.ThreadTS, err = r.thread(b.ThreadTS); err != nil {
		return "", "", "", err
	}
	u.uses++
	if b.ResponseType == "in_channel" {
		s.say(r, m)
	} else {
		s.whisper(r, u.person, m)
	}
	return r.ID, m.TS, m.Text, nil
}

// source is the message a response_url belongs to, nil when it is gone; s.mu is held.
func (s *Sim) source(r *room, u *responseURL) *message {
	if u.ts == "" {
		return nil
	}
	if !u.ephemeral {
		return r.byTS[u.ts]
	}
	for _, m := range r.Ephemerals[u.person] {
		if m.TS == u.ts {
			return m
		}
	}
	return nil
}

func (s *Sim) removeSource(r *room, m *message) {
	if m.For != "" {
		r.dismiss(m.For, m.TS)
		s.touch(m.For)
		return
	}
	s.unsay(r, m)
}

// dismiss hides an ephemeral message for good and tells whether there was one.
func (r *room) dismiss(person, ts string) bool {
	for i, m := range r.Ephemerals[person] {
		if m.TS == ts {
			r.Ephemerals[person] = append(r.Ephemerals[person][:i:i], r.Ephemerals[person][i+1:]...)
			return true
		}
	}
	return false
}
