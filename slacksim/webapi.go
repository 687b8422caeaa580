package slacksim

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

const (
	maxForm   = 8 << 20 // bytes of one call
	maxMemory = 1 << 20
)

// tier names a method's rate limit.
type tier int

const (
	special tier = iota
	tier1
	tier2
	tier3
	tier4
)

// Kinds of tokens a method takes.
type tokenKind int

const (
	botToken tokenKind = iota
	appToken
	noToken
)

// method is one row of the Web API.
type method struct {
	tier   tier
	scopes []string // one of them must be granted; none is needed when empty
	token  tokenKind
	do     func(*Sim, *call) (obj, error)
}

// methods is the whole Web API. Scopes and tiers: https://docs.slack.dev/reference/methods.
var methods map[string]method

func init() { // not a literal above, as the methods lead back to the table
	conversationRead := []string{"channels:read", "groups:read", "im:read", "mpim:read"}
	conversationHistory := []string{"channels:history", "groups:history", "im:history", "mpim:history"}
	write := []string{"chat:write"}
	methods = map[string]method{
		"apps.connections.open": {tier: tier3, token: appToken, do: (*Sim).appsConnectionsOpen},
		"auth.test":             {tier: special, do: (*Sim).authTest},
		"blocks.validate":       {tier: special, token: noToken, do: (*Sim).blocksValidate},
		"bookmarks.add":         {tier: tier2, scopes: []string{"bookmarks:write"}, do: (*Sim).bookmarksAdd},
		"bots.info":             {tier: tier3, scopes: []string{"users:read"}, do: (*Sim).botsInfo},

		"canvases.access.set":           {tier: tier3, scopes: []string{"canvases:write"}, do: (*Sim).canvasesAccessSet},
		"canvases.create":               {tier: tier2, scopes: []string{"canvases:write"}, do: (*Sim).canvasesCreate},
		"canvases.delete":               {tier: tier3, scopes: []string{"canvases:write"}, do: (*Sim).canvasesDelete},
		"canvases.edit":                 {tier: tier3, scopes: []string{"canvases:write"}, do: (*Sim).canvasesEdit},
		"canvases.sections.lookup":      {tier: tier3, scopes: []string{"canvases:read"}, do: (*Sim).canvasesSectionsLookup},
		"conversations.canvases.create": {tier: tier2, scopes: []string{"canvases:write"}, do: (*Sim).conversationsCanvasesCreate},

		"chat.postMessage":            {tier: special, scopes: write, do: (*Sim).chatPostMessage},
		"chat.postEphemeral":          {tier: tier4, scopes: write, do: (*Sim).chatPostEphemeral},
		"chat.update":                 {tier: tier3, scopes: write, do: (*Sim).chatUpdate},
		"chat.delete":                 {tier: tier3, scopes: write, do: (*Sim).chatDelete},
		"chat.scheduleMessage":        {tier: tier3, scopes: write, do: (*Sim).chatScheduleMessage},
		"chat.deleteScheduledMessage": {tier: tier3, scopes: write, do: (*Sim).chatDeleteScheduledMessage},
		"chat.scheduledMessages.list": {tier: tier3, do: (*Sim).chatScheduledMessagesList},
		"chat.getPermalink":           {tier: special, do: (*Sim).chatGetPermalink},

		"conversations.info":    {tier: tier3, scopes: conversationRead, do: (*Sim).conversationsInfo},
		"conversations.members": {tier: tier4, scopes: conversationRead, do: (*Sim).conversationsMembers},
		"conversations.list":    {tier: tier2, scopes: conversationRead, do: (*Sim).conversationsList},
		"conversations.open":    {tier: tier3, scopes: []string{"im:write", "mpim:write", "channels:manage", "groups:write"}, do: (*Sim).conversationsOpen},
		"conversations.join":    {tier: tier3, scopes: []string{"channels:join"}, do: (*Sim).conversationsJoin},
		"conversations.history": {tier: tier3, scopes: conversationHistory, do: (*Sim).conversationsHistory},
		"conversations.replies": {tier: tier3, scopes: conversationHistory, do: (*Sim).conversationsReplies},

		"dnd.info":                     {tier: tier3, scopes: []string{"dnd:read"}, do: (*Sim).dndInfo},
		"dnd.teamInfo":                 {tier: tier2, scopes: []string{"dnd:read"}, do: (*Sim).dndTeamInfo},
		"files.getUploadURLExternal":   {tier: tier4, scopes: []string{"files:write"}, do: (*Sim).filesGetUploadURLExternal},
		"files.completeUploadExternal": {tier: tier4, scopes: []string{"files:write"}, do: (*Sim).filesCompleteUploadExternal},
		"files.info":                   {tier: tier4, scopes: []string{"files:read"}, do: (*Sim).filesInfo},
		"pins.add":                     {tier: tier2, scopes: []string{"pins:write"}, do: (*Sim).pinsAdd},
		"pins.list":                    {tier: tier2, scopes: []string{"pins:read"}, do: (*Sim).pinsList},
		"pins.remove":                  {tier: tier2, scopes: []string{"pins:write"}, do: (*Sim).pinsRemove},
		"reactions.add":                {tier: tier3, scopes: []string{"reactions:write"}, do: (*Sim).reactionsAdd},
		"reactions.get":                {tier: tier3, scopes: []string{"reactions:read"}, do: (*Sim).reactionsGet},
		"reactions.remove":             {tier: tier2, scopes: []string{"reactions:write"}, do: (*Sim).reactionsRemove},
		"team.info":                    {tier: tier3, scopes: []string{"team:read"}, do: (*Sim).teamInfo},
		"usergroups.list":              {tier: tier2, scopes: []string{"usergroups:read"}, do: (*Sim).usergroupsList},
		"usergroups.users.list":        {tier: tier2, scopes: []string{"usergroups:read"}, do: (*Sim).usergroupsUsersList},
		"users.conversations":          {tier: tier3, scopes: conversationRead, do: (*Sim).usersConversations},
		"users.info":                   {tier: tier4, scopes: []string{"users:read"}, do: (*Sim).usersInfo},
		"users.list":                   {tier: tier2, scopes: []string{"users:read"}, do: (*Sim).usersList},
		"users.lookupByEmail":          {tier: tier3, scopes: []string{"users:read.email"}, do: (*Sim).usersLookupByEmail},
		"views.open":                   {tier: tier4, do: (*Sim).viewsOpen},
		"views.push":                   {tier: tier4, do: (*Sim).viewsPush},
		"views.update":                 {tier: tier4, do: (*Sim).viewsUpdate},
		"views.publish":                {tier: tier4, do: (*Sim).viewsPublish},
	}
}

// call is one Web API call. Arguments are text; JSON values keep their JSON.
type call struct {
	ctx    context.Context
	method string
	args   map[string]string
	token  string
	warn   []string
	effect Effect // of a fault that struck
}

func (c *call) str(name string) string { return c.args[name] }

func (c *call) flag(name string) bool {
	v := c.args[name]
	return v == "true" || v == "1"
}

// number reads a whole number; fallback when it is absent, false when it is no number.
func (c *call) number(name string, fallback int) (int, bool) {
	v := c.args[name]
	if v == "" {
		return fallback, true
	}
	n, err := strconv.Atoi(v)
	return n, err == nil
}

// refusal is an ok:false answer.
type refusal struct {
	code     string
	errors   []string // chat.*: what is wrong with the blocks
	messages []string // response_metadata.messages
	extra    obj
	status   int // HTTP status when it is not 200
	header   http.Header
}

func (r *refusal) Error() string {
	if len(r.messages) > 0 {
		return r.code + ": " + strings.Join(r.messages, "; ")
	}
	return r.code
}

func refuse(code string) *refusal { return &refusal{code: code} }

// invalidArguments is the refusal for arguments that are absent or unusable.
func invalidArguments(messages ...string) *refusal {
	r := refuse("invalid_arguments")
	for _, m := range messages {
		r.messages = append(r.messages, "[ERROR] "+m)
	}
	return r
}

// serveAPI answers POST /api/<method>.
func (s *Sim) serveAPI(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, "/api/")
	effect, struck := s.faults.strike(name)
	if struck {
		s.record(Entry{Kind: KindFault, Method: name})
		if !s.before(w, r, effect) {
			return
		}
	}
	c, err := decodeCall(r, name)
	var reply obj
	if err == nil {
		if effect.kind == effectError {
			err = refuse(effect.text)
		} else {
			c.effect = effect
			reply, err = s.perform(c)
		}
	}
	if effect.kind == effectLoseReply {
		cut(w)
		return
	}
	s.answer(w, c, reply, err)
}

// before does what a fault does ahead of a call; false means that the call is over.
func (s *Sim) before(w http.ResponseWriter, r *http.Request, effect Effect) bool {
	switch effect.kind {
	case effectDrop:
		cut(w)
		return false
	case effectDelay:
		return s.clock.sleep(r.Context(), effect.wait) == nil
	case effectStatus:
		if effect.header != nil {
			w.Header().Set("Retry-After", *effect.header)
		}
		if strings.HasPrefix(effect.text, "{") {
			w.Header().Set("Content-Type", "application/json; charset=utf-8")
		}
		w.WriteHeader(effect.status)
		_, _ = io.WriteString(w, effect.text)
		return false
	}
	return true
}

// cut closes the caller's connection without a word.
func cut(http.ResponseWriter) { panic(http.ErrAbortHandler) }

// perform checks token, scope and rate, and runs the method.
func (s *Sim) perform(c *call) (obj, error) {
	m, known := methods[c.method]
	if !known {
		return nil, &refusal{code: "unknown_method", extra: obj{"req_method": c.method}}
	}
	s.mu.Lock()
	uninstalled, scopes := s.uninstalled, slices.Clone(s.app.Scopes)
	s.mu.Unlock()
	switch {
	case m.token == noToken:
	case c.token == "":
		return nil, refuse("not_authed")
	case c.token != s.BotToken() && c.token != s.AppToken():
		return nil, refuse("invalid_auth")
	case uninstalled:
		return nil, refuse("account_inactive")
	case c.method == "auth.test": // takes either
	case (m.token == appToken) != (c.token == s.AppToken()):
		return nil, refuse("not_allowed_token_type")
	}
	if len(m.scopes) > 0 && !slices.ContainsFunc(m.scopes, func(scope string) bool { return slices.Contains(scopes, scope) }) {
		return nil, missingScope(m.scopes[0], scopes)
	}
	if after, ok := s.limits.take("method "+c.method, s.limits.tier(m.tier)); !ok {
		return nil, throttled(after)
	}
	return m.do(s, c)
}

func missingScope(needed string, provided []string) *refusal {
	return &refusal{code: "missing_scope", extra: obj{"needed": needed, "provided": strings.Join(provided, ",")}}
}

func throttled(after int) *refusal {
	return &refusal{code: "ratelimited", status: http.StatusTooManyRequests, header: http.Header{"Retry-After": {strconv.Itoa(after)}}}
}

// answer writes the reply and the ledger entry.
func (s *Sim) answer(w http.ResponseWriter, c *call, reply obj, err error) {
	entry := Entry{Kind: KindCall, Method: c.method, By: "app", Channel: c.str("channel"), TS: c.str("ts"), Text: c.str("text"), Payload: c.payload()}
	h := w.Header()
	h.Set("Content-Type", "application/json; charset=utf-8")
	h.Set("Date", s.clock.now().UTC().Format(http.TimeFormat)) // apps compare their clock with it
	s.mu.Lock()
	scopes := strings.Join(s.app.Scopes, ",")
	s.mu.Unlock()
	if c.token == s.AppToken() {
		scopes = "connections:write"
	}
	h.Set("X-OAuth-Scopes", scopes)
	h.Set("X-Accepted-OAuth-Scopes", strings.Join(methods[c.method].scopes, ","))
	status := http.StatusOK
	if err != nil {
		var no *refusal
		if !errors.As(err, &no) {
			no = refuse("internal_error")
			s.log.Error("A method failed.", "method", c.method, "error", err)
		}
		entry.Error = no.Error()
		reply = obj{"ok": false, "error": no.code}
		if len(no.errors) > 0 {
			reply["errors"] = no.errors
		}
		if len(no.messages) > 0 {
			reply["response_metadata"] = obj{"messages": no.messages}
		}
		for k, v := range no.extra {
			reply[k] = v
		}
		for k, v := range no.header {
			h[k] = v
		}
		if no.status != 0 {
			status = no.status
		}
	} else {
		if reply == nil {
			reply = obj{}
		}
		reply["ok"] = true
		if len(c.warn) > 0 {
			reply["warning"] = strings.Join(c.warn, ",")
			meta, _ := reply["response_metadata"].(obj)
			if meta == nil {
				meta = obj{}
			}
			meta["warnings"] = c.warn
			reply["response_metadata"] = meta
		}
		for _, key := range []string{"ts", "message_ts"} {
			if ts, ok := reply[key].(string); ok {
				entry.TS = ts
			}
		}
		if ch, ok := reply["channel"].(string); ok {
			entry.Channel = ch
		}
	}
	s.record(entry)
	w.WriteHeader(status)
	_, _ = w.Write(encode(reply))
}

// payload is the arguments for the ledger.
func (c *call) payload() json.RawMessage { return encode(c.args) }

// decodeCall reads form, multipart or JSON. It always returns a call, so that refusals can be recorded.
func decodeCall(r *http.Request, name string) (*call, error) {
	c := &call{ctx: r.Context(), method: name, args: map[string]string{}}
	if scheme, token, ok := strings.Cut(r.Header.Get("Authorization"), " "); ok && strings.EqualFold(scheme, "bearer") {
		c.token = strings.TrimSpace(token)
	}
	if r.Method != http.MethodPost && r.Method != http.MethodGet {
		return c, refuse("invalid_post_type")
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxForm+1))
	if err != nil {
		return c, refuse("request_timeout")
	}
	if len(body) > maxForm {
		return c, &refusal{code: "invalid_form_data", status: http.StatusRequestEntityTooLarge}
	}
	contentType := r.Header.Get("Content-Type")
	media, params, _ := mime.ParseMediaType(contentType)
	switch {
	case media == "application/json":
		if params["charset"] == "" {
			c.warn = append(c.warn, "missing_charset")
		}
		if _, err := c.readJSON(body); err != nil {
			return c, err
		}
	case media == "application/x-www-form-urlencoded" || media == "multipart/form-data" || (media == "" && len(body) == 0):
		r.Body = io.NopCloser(bytes.NewReader(body))
		if media == "multipart/form-data" {
			err = r.ParseMultipartForm(maxMemory)
			if r.MultipartForm != nil {
				defer r.MultipartForm.RemoveAll()
			}
		} else {
			err = r.ParseForm()
		}
		if err != nil {
			return c, refuse("invalid_form_data")
		}
		for k, v := range r.Form {
			c.args[k] = v[0]
		}
		if r.URL.Query().Has("token") { // never in the query string
			return c, refuse("not_authed")
		}
		if c.token == "" {
			c.token = c.args["token"]
		}
	case media == "":
		return c, refuse("missing_post_type")
	default:
		return c, refuse("invalid_post_type")
	}
	delete(c.args, "token")
	return c, nil
}

// readJSON takes the arguments from a JSON object. Text is taken as it is, everything else as JSON text, the way a form
// would carry it. The token is not taken from here. What was given is returned as it was.
func (c *call) readJSON(body []byte) (map[string]json.RawMessage, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, nil
	}
	var o map[string]json.RawMessage
	if err := json.Unmarshal(body, &o); err != nil {
		if json.Valid(body) {
			return nil, refuse("json_not_object")
		}
		return nil, refuse("invalid_json")
	}
	for k, v := range o {
		v = bytes.TrimSpace(v)
		if bytes.Equal(v, []byte("null")) {
			continue
		}
		var text string
		if v[0] == '"' && json.Unmarshal(v, &text) == nil {
			c.args[k] = text
		} else {
			c.args[k] = string(v)
		}
	}
	return o, nil
}

// page cuts a list for cursor paging. The cursor is opaque to callers.
func page[T any](c *call, all []T, most int) (part []T, next string, err error) {
	limit, ok := c.number("limit", most)
	if !ok || limit < 0 || limit > most {
		return nil, "", refuse("invalid_limit")
	}
	if limit == 0 {
		limit = most
	}
	from := 0
	if cursor := c.str("cursor"); cursor != "" {
		if _, err := fmt.Sscanf(cursor, "local:%d", &from); err != nil || from < 0 || from > len(all) {
			return nil, "", refuse("invalid_cursor")
		}
	}
	to := min(len(all), from+limit)
	if to < len(all) {
		next = fmt.Sprintf("local:%d", to)
	}
	return all[from:to], next, nil
}

// orEmpty keeps an empty list from becoming null.
func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
