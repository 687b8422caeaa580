package commands

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// How a team sees its story maps: /align map, and where in one somebody is.

// inStoryMap: a story map or a part of it, or the list of a team's maps. A place in it
// is a mapPlace.
const inStoryMap = "storymap"

// Actions and forms of story maps. They stand in messages that live as long as the
// workspace.
const (
	actionStoryMap        = "storymap.show"    // a map, or another place in it
	actionStoryMapDo      = "storymap.do"      // what takes no form: up, down, remove
	actionStoryMapForm    = "storymap.open"    // open a form of it
	actionStoryMapOutcome = "storymap.outcome" // a menu of outcomes that a slice can be for
	formStoryMap          = "storymap.form"
)

// What a place shows of a map beside its cards.
const (
	mapHistory = "history"
	mapRemoved = "removed" // stories that can be put back
	mapsClosed = "closed"  // of the list of maps, those that are put away
)

// mapPlace is where somebody is in a team's story maps, as buttons carry it.
type mapPlace struct {
	team pipeline.TeamKey
	// number of the map; 0 for the list of them.
	number int
	// card that is open; 0 for the whole map.
	card pipeline.CardID
	// list in place of a card; "" for none.
	list string
	page int
}

func (at mapPlace) params() params {
	p := newParams("team", string(at.team), "list", at.list)
	for _, part := range []struct {
		name   string
		number int
	}{{"map", at.number}, {"card", int(at.card)}, {"page", at.page}} {
		if part.number > 0 {
			p.set(part.name, strconv.Itoa(part.number))
		}
	}
	return p
}

// mapPages is how far one can leaf.
const mapPages = 1000

// mapPlaceOf reads what a button carries; the stale problem where it is no place in one
// team's maps.
func mapPlaceOf(p params) (mapPlace, error) {
	team, err := p.team()
	if err != nil || team == "" {
		return mapPlace{}, stale
	}
	return mapPlace{team: team, number: p.number("map"), card: pipeline.CardID(p.number("card")), list: p.Get("list"), page: min(p.number("page"), mapPages)}, nil
}

// value is what a button carries that shows that place, or does something there.
func (at mapPlace) value(pairs ...string) params {
	p := at.params().set("in", inStoryMap)
	for i := 0; i+1 < len(pairs); i += 2 {
		p.set(pairs[i], pairs[i+1])
	}
	return p
}

// to is the place of another card of the same map.
func (at mapPlace) to(card pipeline.CardID) mapPlace {
	return mapPlace{team: at.team, number: at.number, card: card}
}

// mapWant is what the views and forms of a place are drawn from: the map, and the maps
// of the list as its second sheet.
func mapWant(at mapPlace) storage.Want {
	return storage.Want{Team: at.team, Nodes: true, Sheets: []storage.SheetWant{
		storage.WantStoryMap(max(1, at.number)), storage.WantStoryMaps(at.list == mapsClosed, max(1, at.page), pageSize),
	}}
}

// wantTypedMap: the maps of the channel's team, and the one whose number was typed.
func wantTypedMap(req *Request) (storage.Want, error) {
	number, _ := req.typedMap() // what is no number is told once the person may see the maps
	want := mapWant(mapPlace{number: number})
	want.Channel = req.Channel
	return want, nil
}

// fitsMap: nothing, or one word.
func fitsMap(rest string) bool { return !strings.Contains(strings.TrimSpace(rest), " ") }

// typedMap is the number behind the command; 0 for none.
func (req *Request) typedMap() (int, error) {
	words := strings.TrimPrefix(strings.ToUpper(pipeline.CleanLine(typed(req.Words))), "M")
	if words == "" {
		return 0, nil
	}
	number, err := strconv.Atoi(words)
	if err != nil || number < 1 {
		return 0, &pipeline.Problem{
			Code: "story-map-words",
			What: "What you typed is not the number of a story map.",
			Next: "Type /align map for the maps of the team, or put a map's number behind it, like 2.",
		}
	}
	return number, nil
}

// wantStoryMap: the place that a button names.
func wantStoryMap(req *Request) (storage.Want, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return storage.Want{}, err
	}
	at, err := mapPlaceOf(p)
	return mapWant(at), err
}

// wantStoryMapDraft is wantStoryMap with what was typed before into the form that the
// button opens.
func wantStoryMapDraft(req *Request) (storage.Want, error) {
	want, err := wantStoryMap(req)
	if err != nil {
		return want, err
	}
	p, _ := decodeParams(req.Value)
	at, _ := mapPlaceOf(p)
	want.Draft = mapSlot(at, p.Get("form"))
	return want, nil
}

// wantFormMap: the map that the form was opened for.
func wantFormMap(req *Request) (storage.Want, error) {
	m, err := req.metadata()
	if err == nil && (m.Team == "" || m.Map == nil) {
		err = stale
	}
	if err != nil {
		return storage.Want{}, err
	}
	want := mapWant(mapPlace{team: m.Team, number: m.Map.Number})
	want.Draft = m.Draft
	return want, nil
}

// storyScene is what the views and forms of a story map are drawn from.
type storyScene struct {
	team pipeline.Team
	pipeline.ShownMap
	nodes pipeline.Nodes
	at    mapPlace
	may   func(pipeline.Action) bool
	now   time.Time
	// gone: the card that was to be shown is not on the map any more.
	gone bool
	// events of the history, where that is shown, and how many there are.
	events []pipeline.Event
	total  int
}

// loadedMap is the map that was loaded for the place.
func (req *Request) loadedMap(number int) (pipeline.StoryMap, error) {
	if req.Loaded.Team == nil {
		return pipeline.StoryMap{}, noStoryMap("", number)
	}
	found, _, err := req.Loaded.StoryMaps(0)
	if err == nil && (number < 1 || len(found) == 0) {
		err = noStoryMap(req.Loaded.Team.Key, number)
	}
	if err != nil {
		return pipeline.StoryMap{}, err
	}
	return found[0], nil
}

// storyScene puts together what a place of the map shows.
func (app *App) storyScene(ctx context.Context, req *Request, m pipeline.StoryMap, at mapPlace) (storyScene, error) {
	s, err := app.shownMap(ctx, *req.Loaded.Team, req.Loaded.Nodes, m)
	if err != nil {
		return s, err
	}
	s.at, s.may, s.now = at, app.may(req), req.Now
	if s.kind() == "" {
		s.gone, s.at = at.card != 0, at.to(0)
		s.at.list, s.at.page = at.list, at.page
	}
	if at.list == mapHistory {
		s.events, s.total, err = app.Store.StoryMapHistory(ctx, m.Team, m.Number, max(1, at.page), historyPage)
	}
	return s, err
}

// shownMap adds to a map what its links say by now.
func (app *App) shownMap(ctx context.Context, team pipeline.Team, nodes pipeline.Nodes, m pipeline.StoryMap) (storyScene, error) {
	s := storyScene{team: team, ShownMap: pipeline.ShownMap{Map: m, Outcomes: map[pipeline.OutcomeKey]pipeline.SliceOutcome{}}, nodes: nodes}
	for _, o := range nodes.Outcomes {
		s.Outcomes[o.Key] = pipeline.SliceOutcome{Statement: o.Statement, Number: o.NumberInWords(), Closed: !o.IsOpen()}
	}
	for key := range s.Outcomes { // those of its slices alone
		if !m.Serves(key) {
			delete(s.Outcomes, key)
		}
	}
	var err error
	s.Stages, err = app.Store.StagesOf(ctx, m.Ideas())
	return s, err
}

// kind of the card that is open: "activity", "task", "story" or "slice"; "" for none.
func (s storyScene) kind() string {
	if _, _, is := s.Map.Activity(s.at.card); is {
		return "activity"
	}
	if _, _, is := s.Map.Task(s.at.card); is {
		return "task"
	}
	if _, _, is := s.Map.Story(s.at.card); is {
		return "story"
	}
	if _, _, is := s.Map.Slice(s.at.card); is {
		return "slice"
	}
	return ""
}

// noStoryMap is the answer to a map that there is not.
func noStoryMap(team pipeline.TeamKey, number int) error {
	what := "There is no such story map that you can see."
	if team != "" && number > 0 {
		what = fmt.Sprintf("%s has no story map %d.", team, number)
	}
	return &pipeline.Problem{
		Code: "story-map-unknown",
		What: what,
		Safe: "Nothing was changed.",
		Next: "Type /align map in the team's channel to see its maps.",
	}
}

// typedStoryMap answers /align map: the one map of a team, or the list of them.
func typedStoryMap(ctx context.Context, app *App, req *Request) (Reply, error) {
	if req.Loaded.Team == nil {
		return chooseTeam(ctx, app, req, actionStoryMap, newParams())
	}
	number, err := req.typedMap()
	if err != nil {
		return Reply{}, err
	}
	at := mapPlace{team: req.Loaded.Team.Key, number: number}
	maps, total, err := req.Loaded.StoryMaps(1)
	switch {
	case err != nil:
		return Reply{}, err
	case number == 0 && total == 1:
		at.number = maps[0].Number
		return app.openStoryMap(ctx, req, maps[0], at)
	case number == 0:
		return Reply{Open: app.mapsView(req, at, maps, total)}, nil
	}
	m, err := req.loadedMap(number)
	if err != nil {
		return Reply{}, err
	}
	return app.openStoryMap(ctx, req, m, at)
}

// showStoryMap opens a map, or goes to another place in it.
func showStoryMap(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return Reply{}, err
	}
	at, err := mapPlaceOf(p)
	if err != nil {
		return Reply{}, err
	}
	view, err := app.drawStoryMap(ctx, req, at)
	if err != nil {
		return Reply{}, err
	}
	if req.Form != nil && p.Get("in") == inStoryMap {
		return Reply{Update: view}, nil
	}
	return Reply{Open: view}, nil
}

func (app *App) openStoryMap(ctx context.Context, req *Request, m pipeline.StoryMap, at mapPlace) (Reply, error) {
	s, err := app.storyScene(ctx, req, m, at)
	if err != nil {
		return Reply{}, err
	}
	return Reply{Open: s.view(metadata{Team: at.team, Channel: req.Channel})}, nil
}

// drawStoryMap draws the place from what was loaded for it.
func (app *App) drawStoryMap(ctx context.Context, req *Request, at mapPlace) (*slack.ModalViewRequest, error) {
	if req.Loaded.Team == nil {
		return nil, noStoryMap("", at.number)
	}
	if at.number == 0 {
		maps, total, err := req.Loaded.StoryMaps(1)
		if err != nil {
			return nil, err
		}
		return app.mapsView(req, at, maps, total), nil
	}
	m, err := req.loadedMap(at.number)
	if err != nil {
		return nil, err
	}
	reply, err := app.openStoryMap(ctx, req, m, at)
	return reply.Open, err
}

// redrawnStoryMap draws it again for the place of a button or form.
func (app *App) redrawnStoryMap(ctx context.Context, req *Request, in place) (*slack.ModalViewRequest, error) {
	again, p, err := app.reloaded(ctx, req, in, pipeline.ReadTeam, wantStoryMap)
	if err != nil {
		return nil, err
	}
	at, err := mapPlaceOf(p)
	if err != nil {
		return nil, err
	}
	return app.drawStoryMap(ctx, again, at)
}

// loadStoryMapPicture reads the map that a picture shows.
func (app *App) loadStoryMapPicture(ctx context.Context, of look) (pictured, error) {
	at, err := mapPlaceOf(of.at)
	if err != nil || at.number == 0 || at.team != of.team.Key {
		return pictured{}, stale
	}
	m, err := app.Store.StoryMap(ctx, at.team, at.number)
	if errors.Is(err, storage.ErrNotFound) {
		err = noStoryMap(at.team, at.number)
	}
	if err != nil {
		return pictured{}, err
	}
	nodes, err := app.Store.Nodes(ctx, at.team)
	if err != nil {
		return pictured{}, err
	}
	s, err := app.shownMap(ctx, of.team, nodes, m)
	s.now = of.now
	return s.picture(), err
}
