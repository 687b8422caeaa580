package slacksim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"alignbot/slacksim/blockkit"
)

// maxFile is how much one upload may hold; less than Slack's gigabyte, as files are kept in memory.
const maxFile = 64 << 20

// File is an uploaded file.
type File struct {
	ID, Name, Title, Mimetype string
	User                      string // who uploaded it
	AltText                   string
	Size                      int      // bytes
	Channels                  []string // where it was shared
}

func (f File) clone() File { f.Channels = slices.Clone(f.Channels); return f }

// file is a File with its bytes. Between the first and the last step of an upload it is not complete.
type file struct {
	File
	Created  int64
	Complete bool
	Read     int64 // when it is read and has its type, Unix milliseconds
	data     []byte
}

// mimetype of a file, "" until it is read.
func (s *Sim) mimetype(f *file) string {
	if s.clock.now().UnixMilli() < f.Read {
		return ""
	}
	return f.Mimetype
}

func (s *Sim) fileWire(f *file) obj {
	kind := strings.TrimPrefix(strings.ToLower(filepath.Ext(f.Name)), ".")
	url := s.URL() + "/files-pri/" + s.team.ID + "-" + f.ID + "/" + f.Name
	return obj{
		"id": f.ID, "created": f.Created, "timestamp": f.Created, "name": f.Name, "title": f.Title, "mimetype": s.mimetype(f), "filetype": kind,
		"pretty_type": strings.ToUpper(kind), "user": f.User, "size": f.Size, "mode": "hosted", "is_external": false, "is_public": len(f.Channels) > 0,
		"alt_txt": f.AltText, "url_private": url, "url_private_download": url, "channels": append([]string{}, f.Channels...), "groups": []string{}, "ims": []string{},
		"shares": obj{},
	}
}

func (s *Sim) filesGetUploadURLExternal(c *call) (obj, error) {
	n, ok := c.number("length", 0)
	name := c.str("filename")
	switch {
	case name == "" || c.str("length") == "":
		return nil, refuse("missing_argument")
	case !ok || n < 1:
		return nil, invalidArguments("must be at least 1 [json-pointer:/length]")
	case n > maxFile:
		return nil, refuse("file_upload_size_restricted")
	case utf8.RuneCountInString(c.str("alt_txt")) > 1000:
		return nil, refuse("alt_txt_too_large")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f := &file{File: File{ID: newID("F"), Name: filepath.Base(name), Title: name, User: s.app.BotUser, AltText: c.str("alt_txt"), Size: n}, Created: s.clock.now().Unix()}
	s.files[f.ID] = f
	return obj{"file_id": f.ID, "upload_url": s.URL() + "/upload/v1/" + f.ID}, nil
}

// serveUpload takes the bytes of a file, raw or as the multipart field "file".
func (s *Sim) serveUpload(w http.ResponseWriter, r *http.Request) {
	effect, struck := s.faults.strike("upload")
	if struck && !s.before(w, r, effect) {
		return
	}
	id := filepath.Base(r.URL.Path)
	data, err := uploaded(r)
	s.mu.Lock()
	f := s.files[id]
	switch {
	case f == nil || f.Complete || f.data != nil:
		err = fmt.Errorf("no upload is expected here")
	case err == nil && len(data) != f.Size:
		err = fmt.Errorf("%d bytes were announced and %d came", f.Size, len(data))
	case err == nil:
		f.data = data
	}
	s.mu.Unlock()
	entry := Entry{Kind: KindCall, Method: "upload", By: "app", ID: id}
	if err != nil {
		entry.Error = err.Error()
	}
	s.record(entry)
	if effect.kind == effectLoseReply {
		cut(w)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fmt.Fprintf(w, "OK - %d", len(data))
}

func uploaded(r *http.Request) ([]byte, error) {
	if r.Method != http.MethodPost {
		return nil, fmt.Errorf("a file is uploaded with POST")
	}
	body := io.Reader(io.LimitReader(r.Body, maxFile+maxMemory))
	if media, params, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); media == "multipart/form-data" && params["boundary"] != "" {
		parts, err := r.MultipartReader()
		if err != nil {
			return nil, err
		}
		for {
			part, err := parts.NextPart()
			if err != nil {
				return nil, fmt.Errorf("the form has no file: %w", err)
			}
			if part.FileName() != "" {
				return io.ReadAll(io.LimitReader(part, maxFile+1))
			}
		}
	}
	return io.ReadAll(body)
}

func (s *Sim) filesCompleteUploadExternal(c *call) (obj, error) {
	var list []struct{ ID, Title string }
	if json.Unmarshal([]byte(c.str("files")), &list) != nil || len(list) == 0 {
		return nil, invalidArguments("missing required field: files")
	}
	var blocks json.RawMessage
	if raw := c.str("blocks"); raw != "" && c.str("initial_comment") == "" {
		checked, err := checkBlocks([]byte(raw))
		if err != nil {
			return nil, err
		}
		blocks = checked
	}
	channels := strings.FieldsFunc(c.str("channels"), func(r rune) bool { return r == ',' })
	if ch := c.str("channel_id"); ch != "" {
		channels = []string{ch}
	}
	if len(channels) > 100 {
		return nil, refuse("channels_limit_exceeded")
	}
	s.mu.Lock()
	defer s.unlock()
	var rooms []*room
	for _, ch := range channels {
		r := s.room[ch]
		switch {
		case r == nil || (r.kind() != "channels" && !r.has(s.app.BotUser)):
			return nil, refuse("channel_not_found")
		case !r.has(s.app.BotUser):
			return nil, refuse("not_in_channel")
		case r.Archived:
			return nil, refuse("is_archived")
		}
		rooms = append(rooms, r)
	}
	var ids []string
	for _, item := range list {
		f := s.files[item.ID]
		if f == nil || f.Complete || f.data == nil {
			return nil, refuse("file_not_found")
		}
		ids = append(ids, f.ID)
	}
	var threads []string
	for _, r := range rooms {
		t, err := r.thread(c.str("thread_ts"))
		if err != nil {
			return nil, err
		}
		threads = append(threads, t)
	}
	out := []obj{}
	for _, item := range list {
		f := s.files[item.ID]
		f.Complete, f.Title = true, orElse(item.Title, f.Name)
		f.Mimetype = mimeOf(f.Name, f.data)
		if c.effect.kind == effectReadLate {
			f.Read = s.clock.now().Add(c.effect.wait).UnixMilli()
		}
		for _, r := range rooms {
			f.Channels = append(f.Channels, r.ID)
		}
		s.keepFile(f)
		out = append(out, obj{"id": f.ID, "title": f.Title}) // the rest follows later: Slack works on it
	}
	for i, r := range rooms {
		m := s.appMessage(content{text: c.str("initial_comment"), blocks: blocks})
		m.Subtype, m.Files, m.ThreadTS = "file_share", ids, threads[i]
		s.say(r, m)
	}
	s.dirty()
	return obj{"files": out}, nil
}

func mimeOf(name string, data []byte) string {
	if t := mime.TypeByExtension(strings.ToLower(filepath.Ext(name))); t != "" {
		return strings.Split(t, ";")[0]
	}
	return strings.Split(http.DetectContentType(data), ";")[0]
}

// isPicture tells whether blocks can show a file: it is read, and a picture by its name and by its bytes.
// https://docs.slack.dev/reference/block-kit/composition-objects/slack-file-object
func (s *Sim) isPicture(f *file) bool {
	types := []string{"image/png", "image/jpeg", "image/gif"}
	return f != nil && f.Complete && slices.Contains(types, s.mimetype(f)) && slices.Contains(types, http.DetectContentType(f.data))
}

// DeleteFile deletes a file, as somebody in the workspace may: blocks that show it are refused from then on.
func (s *Sim) DeleteFile(id string) error {
	s.mu.Lock()
	defer s.unlock()
	if s.files[id] == nil {
		return fmt.Errorf("there is no file %q; nothing was deleted", id)
	}
	delete(s.files, id)
	s.dirty()
	return nil
}

func (s *Sim) filesInfo(c *call) (obj, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f := s.files[c.str("file")]
	if f == nil || !f.Complete {
		return nil, refuse("file_not_found")
	}
	return obj{"file": s.fileWire(f), "comments": []obj{}, "response_metadata": obj{"next_cursor": ""}}, nil
}

// serveFile gives the app the bytes at url_private.
func (s *Sim) serveFile(w http.ResponseWriter, r *http.Request) {
	if strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ") != s.BotToken() {
		http.Error(w, "A file is read with the bot token.", http.StatusForbidden)
		return
	}
	parts := strings.Split(r.URL.Path, "/")
	_, id, _ := strings.Cut(parts[min(2, len(parts)-1)], "-")
	s.mu.Lock()
	f := s.files[id]
	if f == nil || !f.Complete {
		s.mu.Unlock()
		http.NotFound(w, r)
		return
	}
	kind, data := f.Mimetype, f.data // never changed once complete
	s.mu.Unlock()
	w.Header().Set("Content-Type", kind)
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(data)
}

// File gives person a file that was shared with them, or that they uploaded, or that an image block they see shows.
func (s *Sim) File(person, fileID string) (File, []byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p, err := s.person(person)
	if err != nil {
		return File{}, nil, err
	}
	f := s.files[fileID]
	if f == nil || !f.Complete || !s.mayOpen(p, f) {
		return File{}, nil, fmt.Errorf("%s sees no file %q; nothing was changed. Share it in a channel they are in", p.Name, fileID)
	}
	return f.File.clone(), slices.Clone(f.data), nil
}

// mayOpen: the uploader, whoever sees a channel it was shared in, and whoever is shown it in a view or message.
func (s *Sim) mayOpen(p *Person, f *file) bool {
	if f.User == p.ID {
		return true
	}
	for _, ch := range f.Channels {
		if r := s.room[ch]; r != nil && s.sees(p, r) {
			return true
		}
	}
	mentions := func(raw json.RawMessage) bool { return strings.Contains(string(raw), `"`+f.ID+`"`) }
	if v := s.homes[p.ID]; v != nil && mentions(v.JSON) {
		return true
	}
	if slices.ContainsFunc(s.modals[p.ID], func(v *view) bool { return mentions(v.JSON) }) {
		return true
	}
	for _, r := range s.rooms {
		if !s.sees(p, r) {
			continue
		}
		for _, m := range r.byTS {
			if mentions(m.Blocks) || mentions(m.Attachments) {
				return true
			}
		}
		if slices.ContainsFunc(r.Ephemerals[p.ID], func(m *message) bool { return mentions(m.Blocks) }) {
			return true
		}
	}
	return false
}

// invalidSlackFile tells whether blocks show a slack_file that is not there or not an image.
func (s *Sim) invalidSlackFile(raw json.RawMessage) bool {
	if !bytes.Contains(raw, []byte(`"slack_file"`)) {
		return false
	}
	found := false
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, item := range v {
				walk(item)
			}
		case map[string]any:
			if ref, ok := v["slack_file"].(map[string]any); ok {
				id, _ := ref["id"].(string)
				if id != "" {
					found = found || !s.isPicture(s.files[id])
				}
			}
			for _, child := range v {
				walk(child)
			}
		}
	}
	var v any
	if json.Unmarshal(raw, &v) == nil {
		walk(v)
	}
	return found
}

// unknownBlock is the type of a block that a fault keeps the workspace from knowing; "" for none.
func (s *Sim) unknownBlock(raw json.RawMessage) string {
	var blocks []struct{ Type string }
	if s.faults.none() || json.Unmarshal(raw, &blocks) != nil {
		return ""
	}
	for _, b := range blocks {
		if _, struck := s.faults.strike(blockPrefix + b.Type); struck {
			return b.Type
		}
	}
	return ""
}

var errSlackFile = chatRefusal([]blockkit.Problem{{Code: blockkit.CodeFailedConstraint, Message: "invalid slack file"}})
