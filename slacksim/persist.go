package slacksim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// stateVersion is the format of state.json; a newer one is not read.
const stateVersion = 1

// saveEvery is how long changes are gathered before the file is written again, real time.
const saveEvery = 500 * time.Millisecond

// saved is state.json.
type saved struct {
	Version   int          `json:"version"`
	LastTS    int64        `json:"last_ts"`
	Team      team         `json:"team"`
	People    []*Person    `json:"people"`
	Rooms     []*room      `json:"channels"`
	Groups    []Usergroup  `json:"usergroups"`
	Files     []*file      `json:"files"`
	Homes     []*view      `json:"homes"`
	Scheduled []*scheduled `json:"scheduled"`
	Canvases  []*canvas    `json:"canvases,omitempty"`
}

// keeper writes the state of a Sim into a folder: state.json, and the bytes of files beside it.
type keeper struct {
	dir      string
	lock     *os.File
	mu       sync.Mutex
	pending  map[string][]byte // files not written yet
	changed  chan struct{}
	stop     chan struct{}
	ended    chan struct{}
	snapshot func() []byte
}

func openKeeper(dir string) (*keeper, error) {
	if err := os.MkdirAll(filepath.Join(dir, "files"), 0o700); err != nil {
		return nil, fmt.Errorf("the folder %s for the local Slack's state cannot be made: %w. Choose another folder", dir, err)
	}
	lock, err := lockDir(dir)
	if err != nil {
		return nil, err
	}
	return &keeper{dir: dir, lock: lock, pending: map[string][]byte{}, changed: make(chan struct{}, 1), stop: make(chan struct{}), ended: make(chan struct{})}, nil
}

func (k *keeper) unlock() { _ = k.lock.Close() }

func (k *keeper) path() string { return filepath.Join(k.dir, "state.json") }

// load puts what was kept into st; the app stays as w has it.
func (k *keeper) load(st *state, w Workspace) error {
	raw, err := os.ReadFile(k.path())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("the local Slack's state cannot be read: %w. Check the rights of the file, or start with another folder", err)
	}
	var in saved
	var compact bytes.Buffer // so that the JSON of blocks and views is without the file's indentation
	if err = json.Compact(&compact, raw); err == nil {
		err = json.Unmarshal(compact.Bytes(), &in)
	}
	if err != nil {
		return fmt.Errorf("%s is damaged: %w. It was left as it is; move it away to start afresh", k.path(), err)
	}
	if in.Version != stateVersion {
		return fmt.Errorf("%s has version %d and this program reads version %d. It was left as it is; use the program that wrote it, or another folder",
			k.path(), in.Version, stateVersion)
	}
	st.team, st.lastTS, st.groups = in.Team, in.LastTS, in.Groups
	st.people, st.order = map[string]*Person{}, nil
	for _, p := range in.People {
		st.people[p.ID] = p
		st.order = append(st.order, p.ID)
	}
	if st.people[w.App.BotUser] == nil {
		return fmt.Errorf("%s was kept for another app. It was left as it is; use the workspace it was made with, or another folder", k.path())
	}
	st.rooms, st.room, st.dms = nil, map[string]*room{}, map[string]*room{}
	for _, r := range in.Rooms {
		fresh := newRoom(r.Channel)
		fresh.Bookmarks = r.Bookmarks
		for _, m := range r.Messages {
			fresh.add(m)
		}
		for _, replies := range r.Replies {
			for _, m := range replies {
				fresh.add(m)
			}
		}
		if r.Ephemerals != nil {
			fresh.Ephemerals = r.Ephemerals
		}
		if r.Read != nil {
			fresh.Read = r.Read
		}
		st.addRoom(fresh)
	}
	for _, f := range in.Files {
		if f.data, err = os.ReadFile(filepath.Join(k.dir, "files", filepath.Base(f.ID))); err != nil {
			return fmt.Errorf("the file %s (%s) is missing from the local Slack's state: %w. Put it back, or start with another folder", f.Name, f.ID, err)
		}
		st.files[f.ID] = f
	}
	for _, v := range in.Homes {
		st.homes[v.Person], st.views[v.ID] = v, v
	}
	for _, c := range in.Canvases {
		st.canvases[c.ID] = c
	}
	for _, sm := range in.Scheduled {
		st.scheduled[sm.ID] = sm
	}
	return nil
}

// snapshot is state.json as of now.
func (s *Sim) snapshot() []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := saved{Version: stateVersion, LastTS: s.lastTS, Team: s.team, Rooms: s.rooms, Groups: s.groups}
	for _, id := range s.order {
		out.People = append(out.People, s.people[id])
	}
	for _, id := range sortedKeys(s.files) {
		if f := s.files[id]; f.Complete {
			out.Files = append(out.Files, f)
		}
	}
	for _, id := range sortedKeys(s.homes) {
		out.Homes = append(out.Homes, s.homes[id])
	}
	for _, id := range sortedKeys(s.canvases) {
		out.Canvases = append(out.Canvases, s.canvases[id])
	}
	for _, id := range sortedKeys(s.scheduled) {
		out.Scheduled = append(out.Scheduled, s.scheduled[id])
	}
	raw, err := json.MarshalIndent(out, "", " ")
	if err != nil {
		panic(fmt.Sprintf("slacksim: the state has no JSON: %v", err))
	}
	return raw
}

// dirty notes that the state changed and is to be written soon.
func (s *Sim) dirty() {
	if s.keeper != nil {
		wake(s.keeper.changed)
	}
}

// keepFile has the bytes of f written with the next state; s.mu is held.
func (s *Sim) keepFile(f *file) {
	if s.keeper != nil {
		s.keeper.mu.Lock()
		s.keeper.pending[f.ID] = f.data
		s.keeper.mu.Unlock()
	}
	s.dirty()
}

func (k *keeper) start(snapshot func() []byte, log *slog.Logger) {
	k.snapshot = snapshot
	go func() {
		defer close(k.ended)
		for {
			select {
			case <-k.changed:
			case <-k.stop:
				return
			}
			began := time.Now()
			if err := k.save(); err != nil {
				log.Error("The local Slack's state could not be written; it is kept in memory and tried again with the next change.", "error", err)
			}
			select {
			case <-time.After(max(saveEvery, 10*time.Since(began))): // a large state is written less often
			case <-k.stop:
				return
			}
		}
	}()
}

// save writes the bytes of new files first, so that state.json never names one that is not there.
func (k *keeper) save() error {
	state := k.snapshot()
	k.mu.Lock()
	files := k.pending
	k.pending = map[string][]byte{}
	k.mu.Unlock()
	for id, data := range files {
		if err := writeAtomically(filepath.Join(k.dir, "files", filepath.Base(id)), data); err != nil {
			k.mu.Lock()
			for id, data := range files {
				k.pending[id] = data
			}
			k.mu.Unlock()
			return err
		}
	}
	return writeAtomically(k.path(), state)
}

func writeAtomically(path string, data []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // fails once it is renamed
	_, err = tmp.Write(data)
	if err == nil {
		err = tmp.Sync()
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	return err
}

// close ends the writer and writes what is there.
func (k *keeper) close() error {
	close(k.stop)
	<-k.ended
	defer k.unlock()
	if err := k.save(); err != nil {
		return fmt.Errorf("the local Slack's state could not be written to %s: %w. The state of the last write is still there", k.dir, err)
	}
	return nil
}
