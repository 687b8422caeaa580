package storage

import (
	"context"
	"crypto/rand"
	"fmt"
	"strconv"
	"strings"
	"time"

	"alignbot/pipeline"

	"github.com/redis/go-redis/v9"
)

// Want names what an interaction needs to know.
type Want struct {
	// Op is the operation's id; "" claims none.
	Op string
	// Channel whose team is wanted, or Team by its key, which wins.
	Channel string
	Team    pipeline.TeamKey
	// Idea wanted. Its team wins over Channel and Team; without one it is an
	// idea of theirs.
	Idea pipeline.Key
	// User whose draft is wanted, who may own teams, and who is Here.
	User string
	// Here is where Slack says that the user is acting, never what a form or
	// button claims. Being somewhere is remembered for an hour.
	Here Here
	// Draft is the name of the slot whose draft is wanted; "" for none.
	Draft string
	// Dossier is what gates look at beside the idea: its runs and newest ballot,
	// the team's templates and load; without an idea those of the team.
	Dossier bool
	// Run of the idea wanted whole, by its number; 0 for none.
	Run int
	// Outcomes of the team are wanted, the newest 100.
	Outcomes bool
	// Evidence and History are how many of the newest pieces of evidence and
	// events of the idea are wanted.
	Evidence, History int
	// Ballot of the idea wanted, by its number or NewestBallot; 0 for none.
	Ballot int
	// Asked is how many of those who asked again for the idea are wanted, the
	// latest.
	Asked int
	// Nodes of the team's whole tree are wanted; Chain wants of them those that the
	// idea is linked to, and the wanted Node, with all above each.
	Nodes, Chain bool
	// Node wanted, with so many of its newest CheckIns and NodeHistory events. Its
	// team wins over Channel and Team, not over that of an Idea; without one it is
	// a node of theirs.
	Node                  pipeline.NodeKey
	CheckIns, NodeHistory int
	// Sheets wanted. What is loaded of them is told by methods of Loaded beside each
	// kind of sheet.
	Sheets []SheetWant
}

// Here is a channel as an interaction names it.
type Here struct {
	Channel string
	// Kind of channel; "" when Slack did not say.
	Kind ChannelKind
}

// ChannelKind tells who can see a channel.
type ChannelKind string

// The kinds of channels.
const (
	OpenChannel    ChannelKind = "open"
	PrivateChannel ChannelKind = "private" // direct messages as well
)

// Loaded is the answer to a Want. What is not stored is nil.
type Loaded struct {
	// First is false when this operation was begun before, by anybody: then
	// changes that carry its id answer with what they answered then.
	First bool
	Team  *pipeline.Team
	Idea  *pipeline.Idea
	Draft *Draft
	// InChannel: the user acted in the channel of the team, or in the channel
	// asked for where it is no team's, within the last hour. ChannelPrivate is
	// what Slack said of it.
	InChannel, ChannelPrivate bool
	// OwnsAnyTeam tells whether the user is a product owner of some team.
	OwnsAnyTeam bool
	// Dossier is nil when it was not wanted.
	Dossier *pipeline.Dossier
	Run     *pipeline.Run
	// Ballot wanted, without its votes.
	Ballot *pipeline.Ballot
	// Outcomes, Evidence and Events are the newest ones, the newest first.
	Outcomes []pipeline.Outcome
	Evidence []pipeline.Evidence
	Events   []pipeline.Event
	// AskedBy is how many different people asked again for the idea since it was
	// parked, Asked the latest of them and of those before, the latest first.
	AskedBy int
	Asked   []AskedAgain
	// Nodes that were wanted, of each opportunity with the newest piece of evidence
	// alone.
	Nodes pipeline.Nodes
	Node  *WholeNode
	// Dismissed are the nodes of which somebody said that the idea is not for them.
	Dismissed []pipeline.NodeKey

	// Sheets that were wanted, in their order, as they are stored.
	Sheets RawSheets
}

var beginScript = loadScript("begin")

// Begin reads all that an interaction needs, and claims its operation, in one
// round trip. What a draft holds longer than DraftLifetime is not given.
func (s *Store) Begin(ctx context.Context, w Want) (Loaded, error) {
	idea := ""
	switch {
	case w.Idea.IsZero():
	case w.Idea.Team == "":
		idea = "#" + strconv.Itoa(w.Idea.Number)
	default:
		idea = w.Idea.String()
	}
	node := ""
	switch {
	case w.Node.IsZero():
	case w.Node.Team == "":
		node = "#" + strings.TrimPrefix(w.Node.String(), "-")
	default:
		node = w.Node.String()
	}
	nodes := ""
	switch {
	case w.Nodes:
		nodes = "all"
	case w.Chain:
		nodes = "chain"
	}
	dossier, outcomes := "", 0
	if w.Dossier {
		dossier = "1"
	}
	if w.Outcomes {
		outcomes = outcomesShown
	}
	args := []any{w.Op, rand.Text(), w.Channel, string(w.Team), idea, w.User, w.Draft,
		w.Here.Channel, string(w.Here.Kind),
		dossier, formatNumber(w.Run), formatNumber(outcomes), formatNumber(w.Evidence), formatNumber(w.History), formatNumber(w.Asked),
		formatNumber(w.Ballot), nodes, node, w.CheckIns, w.NodeHistory}
	for _, want := range w.Sheets {
		args = want.args(args)
	}
	reply, err := s.read(ctx, beginScript, args...)
	if err != nil {
		return Loaded{}, err
	}
	loaded, err := s.loadedOf(reply)
	if err == nil {
		err = loaded.addWanted(w, reply[7:])
	}
	if err != nil {
		return Loaded{}, fmt.Errorf("storage: begin: %w", err)
	}
	return loaded, nil
}

func (s *Store) loadedOf(reply []any) (Loaded, error) {
	if len(reply) != 20 {
		return Loaded{}, &shapeError{"twenty values", reply}
	}
	loaded := Loaded{
		First: reply[0] == int64(1), OwnsAnyTeam: reply[1] == int64(1),
		InChannel: reply[6] != "", ChannelPrivate: reply[6] == string(PrivateChannel),
	}
	record, err := asRecord(reply[2])
	if err != nil {
		return Loaded{}, err
	}
	if len(record) > 0 {
		team, err := teamOf(record)
		if err != nil {
			return Loaded{}, err
		}
		loaded.Team = &team
		if err := s.rememberTeam(record); err != nil {
			return Loaded{}, err
		}
	}
	if record, err = asRecord(reply[3]); err != nil {
		return Loaded{}, err
	}
	if len(record) > 0 {
		idea, err := ideaOf(record)
		if err != nil {
			return Loaded{}, err
		}
		loaded.Idea = &idea
		if loaded.AskedBy, err = askedBy(record); err != nil {
			return Loaded{}, err
		}
		dismissed := reader{record: record}
		loaded.Dismissed = dismissed.nodesIn("dismissed")
	}
	draft, isText := reply[5].(string)
	if !isText {
		return Loaded{}, &shapeError{"a draft", reply[5]}
	}
	if draft != "" {
		now, err := asInt(reply[4])
		if err != nil {
			return Loaded{}, err
		}
		loaded.Draft, err = draftOf(draft, time.UnixMilli(int64(now)))
		if err != nil {
			return Loaded{}, err
		}
	}
	return loaded, nil
}

// addWanted reads {summaries, templates, load, run, outcomes, evidence,
// events, asked, ballot, newest ballot, nodes, node, sheets}.
func (l *Loaded) addWanted(w Want, reply []any) error {
	if w.Dossier {
		var records [3]map[string]string
		for i := range records {
			var err error
			if records[i], err = asRecord(reply[i]); err != nil {
				return err
			}
		}
		runs, err := summariesOf(records[0])
		if err != nil {
			return err
		}
		own, err := templatesOf(records[1])
		if err != nil {
			return err
		}
		load, err := loadOf(records[2])
		if err != nil {
			return err
		}
		l.Dossier = &pipeline.Dossier{Runs: runs, Templates: pipeline.TemplatesOf(own), Load: load}
		if l.Dossier.Ballot, err = ballotIn(reply[9]); err != nil {
			return err
		}
	}
	record, err := asRecord(reply[3])
	if err != nil {
		return err
	}
	if len(record) > 0 {
		run, err := runOf(record, pipeline.Template{})
		if err != nil {
			return err
		}
		l.Run = &run
	}
	if l.Ballot, err = ballotIn(reply[8]); err != nil {
		return err
	}
	var lists [4][]any
	for i := range lists {
		var isList bool
		if lists[i], isList = reply[4+i].([]any); !isList {
			return &shapeError{"a list", reply[4+i]}
		}
	}
	if l.Outcomes, err = outcomesOf(lists[0]); err != nil {
		return err
	}
	if pieces := lists[1]; len(pieces) > 1 {
		total, err := asInt(pieces[0])
		if err != nil {
			return err
		}
		if l.Evidence, err = evidenceOf(pieces[1:], total-len(pieces)+2); err != nil {
			return err
		}
	}
	if len(lists[2]) > 0 {
		lines, err := asTexts(lists[2])
		if err != nil {
			return err
		}
		if l.Events, err = eventsOf(lines); err != nil {
			return err
		}
	}
	if l.Asked, err = askedOf(lists[3]); err != nil {
		return err
	}
	if l.Nodes, err = nodesOf(reply[10]); err != nil {
		return err
	}
	whole, isList := reply[11].([]any)
	if !isList {
		return &shapeError{"a node", reply[11]}
	}
	if l.Node, err = wholeNode(whole); err != nil {
		return err
	}
	sheets, isList := reply[12].([]any)
	if !isList {
		return &shapeError{"sheets", reply[12]}
	}
	if len(sheets) > 0 {
		l.Sheets = sheets
	}
	return nil
}

// Present tells in which of the channels the user acted within the last hour,
// and of which kind each was then; "" for a channel of which Slack did not say.
func (s *Store) Present(ctx context.Context, user string, channels []string) (map[string]ChannelKind, error) {
	present := map[string]ChannelKind{}
	if len(channels) == 0 {
		return present, nil
	}
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	keys := make([]string, len(channels))
	for i, channel := range channels {
		keys[i] = s.tag + "present:" + user + ":" + channel
	}
	var values *redis.SliceCmd
	err := s.db.pipelined(ctx, "present", func(pipe redis.Pipeliner) { values = pipe.MGet(ctx, keys...) })
	if err != nil {
		return nil, err
	}
	for i, value := range values.Val() {
		if kind, is := value.(string); is {
			present[channels[i]] = ChannelKind(strings.TrimSuffix(kind, "unknown"))
		}
	}
	return present, nil
}
