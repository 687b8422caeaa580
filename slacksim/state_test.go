package slacksim_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/slack-go/slack"
	"go.uber.org/goleak"

	"alignbot/slacksim"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestStateIsKeptBetweenRuns(t *testing.T) {
	dir := t.TempDir()
	start := func() *slacksim.Sim { return open(t, slacksim.Options{Dir: dir}) }
	sim := start()
	if err := sim.Type(within(t), "alice", "payments", "kept & <safe>"); err != nil {
		t.Fatal(err)
	}
	ts := lastIn(t, sim, "payments").TS
	if err := sim.Reply(within(t), "bob", "payments", ts, "in the thread"); err != nil {
		t.Fatal(err)
	}
	if err := sim.React(within(t), "carol", "payments", ts, "bulb"); err != nil {
		t.Fatal(err)
	}
	if err := sim.UpdatePerson(within(t), "dave", func(p *slacksim.Person) { p.TZ = "Asia/Tokyo" }); err != nil {
		t.Fatal(err)
	}
	file, err := sim.Upload(within(t), "alice", "a.png", []byte("\x89PNG\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	post(t, sim, "views.publish", sim.BotToken(), args{"user_id": "U0ALICE", "view": js(obj{"type": "home", "blocks": []any{obj{"type": "divider"}}})})
	later := sim.Now().Add(time.Hour)
	post(t, sim, "chat.scheduleMessage", sim.BotToken(), args{"channel": "C0PAYMENTS", "text": "after the restart", "post_at": js(later.Unix())})
	before, err := sim.Screen("alice", "payments")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := slacksim.New(slacksim.Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("a second one on the same folder: %v", err)
	}
	if err := sim.Close(); err != nil {
		t.Fatal(err)
	}

	sim = start()
	after, err := sim.Screen("alice", "payments")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("changed by the restart:\n%s", diff)
	}
	if p, _ := sim.Person("dave"); p.TZ != "Asia/Tokyo" {
		t.Errorf("dave: %+v", p)
	}
	if f, data, err := sim.File("alice", file); err != nil || f.Mimetype != "image/png" || len(data) != 6 {
		t.Errorf("file %+v %v", f, err)
	}
	sim.Advance(time.Hour)
	wait(t, sim, func() bool { return lastIn(t, sim, "payments").Text == "after the restart" })
	if err := sim.Close(); err != nil {
		t.Fatal(err)
	}

	path := filepath.Join(dir, "state.json")
	for name, c := range map[string]struct{ content, want string }{
		"damaged": {"{", "is damaged"},
		"newer":   {`{"version":99}`, "version 99"},
	} {
		if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := slacksim.New(slacksim.Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if got, _ := os.ReadFile(path); string(got) != c.content {
			t.Errorf("%s: the file was changed", name)
		}
	}
}

func TestCloseTellsWhenTheStateCannotBeWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "state")
	sim, err := slacksim.New(slacksim.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := sim.Close(); err == nil || !strings.Contains(err.Error(), "could not be written") {
		t.Errorf("error %v", err)
	}
}

func TestFilesGoUpAndComeBack(t *testing.T) {
	sim := open(t, slacksim.Options{})
	api := client(sim)
	png := append([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat([]byte{0}, 100)...)
	up, err := api.UploadFile(slack.UploadFileParameters{
		Reader: bytes.NewReader(png), FileSize: len(png), Filename: "map.png", Title: "The map", Channel: "C0PAYMENTS", InitialComment: "look", AltTxt: "a map",
	})
	if err != nil {
		t.Fatal(err)
	}
	m := lastIn(t, sim, "payments")
	if m.Text != "look" || len(m.Files) != 1 || m.Files[0].ID != up.ID || m.Files[0].Mimetype != "image/png" || m.Files[0].AltText != "a map" {
		t.Errorf("message %+v", m)
	}
	if _, data, err := sim.File("gina", up.ID); err != nil || !bytes.Equal(data, png) {
		t.Errorf("gina, a member, reads %d bytes: %v", len(data), err)
	}
	info, _, _, err := api.GetFileInfo(up.ID, 0, 0)
	if err != nil || info.Title != "The map" || info.Mimetype != "image/png" {
		t.Fatalf("info %+v %v", info, err)
	}
	var got bytes.Buffer
	if err := api.GetFile(info.URLPrivate, &got); err != nil || !bytes.Equal(got.Bytes(), png) {
		t.Errorf("download: %v", err)
	}
	quiet, err := api.UploadFile(slack.UploadFileParameters{Reader: bytes.NewReader(png), FileSize: len(png), Filename: "own.png"})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := sim.File("alice", quiet.ID); err == nil {
		t.Error("alice reads a file that was not shared")
	}
	blocks := js([]any{obj{"type": "image", "alt_text": "x", "slack_file": obj{"id": quiet.ID}}})
	if reply := post(t, sim, "chat.postMessage", sim.BotToken(), args{"channel": "C0PAYMENTS", "text": "x", "blocks": blocks}); reply["ok"] != true {
		t.Error(reply)
	}
	if _, _, err := sim.File("alice", quiet.ID); err != nil {
		t.Errorf("alice is shown the image but cannot read it: %v", err)
	}
	reply := post(t, sim, "files.getUploadURLExternal", sim.BotToken(), args{"filename": "a.txt", "length": "3"})
	if got, res := sendRaw(t, reply["upload_url"].(string), "", "", "four"); res.StatusCode != 400 {
		t.Errorf("a wrong length: %d %v", res.StatusCode, got)
	}
}

func TestTheLedgerKeepsTheNewest(t *testing.T) {
	sim := open(t, slacksim.Options{LedgerSize: 3})
	for range 5 {
		post(t, sim, "auth.test", sim.BotToken(), nil)
	}
	list := sim.Ledger().Entries(nil)
	if len(list) != 3 || list[0].Seq != 3 || list[2].Seq != 5 || sim.Ledger().Len() != 5 {
		t.Errorf("%d entries: %+v", sim.Ledger().Len(), list)
	}
	none := open(t, slacksim.Options{LedgerSize: -1})
	post(t, none, "auth.test", none.BotToken(), nil)
	if list := none.Ledger().Entries(nil); len(list) != 0 || none.Ledger().Len() != 1 {
		t.Errorf("%+v", list)
	}
}

func TestTheLedgerHoldsNoTokens(t *testing.T) {
	sim := open(t, slacksim.Options{})
	send(t, sim, "auth.test", "", "application/x-www-form-urlencoded", "token="+sim.BotToken())
	send(t, sim, "auth.test", sim.BotToken(), "application/json", `{"token":"`+sim.BotToken()+`"}`)
	for _, e := range sim.Ledger().Entries(nil) {
		if strings.Contains(string(e.Payload), sim.BotToken()) {
			t.Errorf("entry %+v", e)
		}
	}
}

func TestWorkspaceFiles(t *testing.T) {
	w, err := slacksim.LoadWorkspace(strings.NewReader(`
name: Lab
app: {name: lamp, commands: [{command: /do}]}
people: [{name: ann, admin: true}, {name: 陈}, {name: 李}, {name: ben, single_channel_guest: true, tz: Europe/Paris}]
channels: [{name: "#lab", members: [ann, "@ben"], app: true}]
usergroups: [{handle: all, members: [ann]}]
`))
	if err != nil {
		t.Fatal(err)
	}
	if w.TeamID != "T0LAB" || w.Domain != "lab" || w.People[3].ID != "U0BEN" || !w.People[3].Guest || w.People[4].ID != w.App.BotUser || !w.People[4].Bot {
		t.Errorf("%+v", w)
	}
	if diff := cmp.Diff([]string{"U0ANN", "U0BEN", "U0LAMP"}, w.Channels[0].Members); diff != "" {
		t.Error(diff)
	}
	for name, c := range map[string]struct{ yaml, want string }{
		"unknown key":    {"nmae: x", "nmae"},
		"unknown member": {"channels: [{name: a, members: [zoe]}]", `"zoe"`},
		"bad zone":       {"people: [{name: a, tz: Mars/Base}]", "Mars/Base"},
		"twice":          {"people: [{name: a}, {name: a}]", "twice"},
		"nameless":       {"people: [{id: U1}]", "people[0] has no name"},
		"bad command":    {"app: {commands: [{command: do}]}", `"do"`},
		"bad shortcut":   {"app: {shortcuts: [{name: x, callback_id: y, type: sideways}]}", `"x"`},
		"bad id":         {"people: [{name: a, id: X1}]", "begin with U or W"},
		"two faults":     {"people: [{name: a, tz: Nowhere}]\nchannels: [{name: b, members: [zoe]}]", "Nowhere"},
	} {
		if _, err := slacksim.LoadWorkspace(strings.NewReader(c.yaml)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestAWorkspaceCanBeWrittenAndReadAgain(t *testing.T) {
	var file bytes.Buffer
	if err := slacksim.Sample().WriteYAML(&file); err != nil {
		t.Fatal(err)
	}
	again, err := slacksim.LoadWorkspace(&file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(slacksim.Sample(), again, cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
}

func TestThePublicAddressIsGivenOut(t *testing.T) {
	sim := open(t, slacksim.Options{PublicURL: "https://slack.example/"})
	api := slack.New(sim.BotToken(), slack.OptionAPIURL("http://"+sim.Addr()+"/api/"), slack.OptionAppLevelToken(sim.AppToken()))
	_, address, err := api.StartSocketModeContext(within(t))
	if err != nil || !strings.HasPrefix(address, "wss://slack.example/link/?ticket=") || sim.APIURL() != "https://slack.example/api/" {
		t.Errorf("%s %s %v", address, sim.APIURL(), err)
	}
}

func TestCallsFromOtherHostsAreTurnedAway(t *testing.T) {
	sim := open(t, slacksim.Options{})
	_, res := sendRawHost(t, sim, "evil.example")
	if res.StatusCode != 403 {
		t.Errorf("status %d", res.StatusCode)
	}
}

func TestCloseTwiceAndAfterwards(t *testing.T) {
	sim := open(t, slacksim.Options{})
	l, _ := connect(t, sim)
	for range 2 {
		if err := sim.Close(); err != nil {
			t.Error(err)
		}
	}
	if f := l.next(); f.Type != "" {
		t.Errorf("the socket is still open: %+v", f)
	}
	if err := sim.Type(within(t), "alice", "general", "/idea"); err == nil {
		t.Error("an act after Close worked")
	}
	if err := sim.Wait(within(t), func() bool { return false }); err == nil {
		t.Error("a wait after Close worked")
	}
}
