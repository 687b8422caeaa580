package commands

import (
	"context"
	"slices"
	"strconv"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// How a team sees its Now-Next-Later board: /align board, and where on it somebody is.

// inHorizons: the board, a column or a card of it. A place in it is a horizonPlace.
const inHorizons = "horizons"

// Actions and forms of the board. They stand in messages that live as long as the
// workspace.
const (
	actionHorizons       = "horizon.show"    // the board, or another place on it
	actionHorizonMove    = "horizon.move"    // to another column
	actionHorizonShift   = "horizon.shift"   // up or down in its column
	actionHorizonTrue    = "horizon.confirm" // a card is still true
	actionHorizonForm    = "horizon.open"    // open the form of a metric, or of one more card
	actionHorizonOutcome = "horizon.outcome" // a menu of outcomes that a card can be for
	formHorizon          = "horizon.form"
)

// offBoard is the place of the opportunities that are not on the board.
const offBoard = "off"

// horizonPlace is where somebody is on a team's board, as buttons carry it.
type horizonPlace struct {
	team pipeline.TeamKey
	// card that is open; zero for the board.
	card pipeline.NodeKey
	// column that is listed, or offBoard; "" for all of them.
	column string
	page   int
}

func (at horizonPlace) params() params {
	p := newParams("team", string(at.team), "column", at.column)
	if !at.card.IsZero() {
		p.set("node", at.card.String())
	}
	if at.page > 1 {
		p.set("page", strconv.Itoa(at.page))
	}
	return p
}

// value is what a button carries that goes to that place, or does something there.
func (at horizonPlace) value(pairs ...string) params {
	p := at.params().set("in", inHorizons).set("at", at.params().encode())
	for i := 0; i+1 < len(pairs); i += 2 {
		p.set(pairs[i], pairs[i+1])
	}
	return p
}

// horizonPlaceOf reads what a button carries; the stale problem where it is no place on
// one team's board.
func horizonPlaceOf(p params) (horizonPlace, error) {
	team, err := p.team()
	if err != nil || team == "" {
		return horizonPlace{}, stale
	}
	at := horizonPlace{team: team, column: p.Get("column"), page: p.page()}
	if at.column != "" && at.column != offBoard && !isColumn(pipeline.Horizon(at.column)) {
		return horizonPlace{}, stale
	}
	if p.Get("node") != "" {
		if at.card, err = p.node(); err != nil || at.card.Team != team || at.card.Kind != pipeline.OpportunityNode {
			return horizonPlace{}, stale
		}
	}
	return at, nil
}

// isColumn tells whether the horizon is a column of the board.
func isColumn(h pipeline.Horizon) bool { return slices.Contains(pipeline.BoardHorizons(), h) }

// horizonWant is what is loaded for a place; the board itself is read apart.
func horizonWant(at horizonPlace) storage.Want {
	return storage.Want{Team: at.team, Node: at.card, Nodes: at.column == offBoard, Sheets: []storage.SheetWant{storage.WantHorizonNotes()}}
}

// wantHorizons: the place on a board that a button names.
func wantHorizons(req *Request) (storage.Want, error) {
	p, err := decodeParams(req.Value)
	if err != nil {
		return storage.Want{}, err
	}
	at, err := horizonPlaceOf(p)
	return horizonWant(at), err
}

// wantHorizonCard: the card that a button names.
func wantHorizonCard(req *Request) (storage.Want, error) {
	want, err := wantHorizons(req)
	if err == nil && want.Node.IsZero() {
		err = stale
	}
	return want, err
}

// horizonScene is what the views of a board are drawn from.
type horizonScene struct {
	team  pipeline.Team
	board pipeline.HorizonBoard
	at    horizonPlace
	// off are the opportunities that are not on the board, where they are listed, and
	// card the one that is open, wherever it stands.
	off  []pipeline.Opportunity
	card *pipeline.Opportunity
	may  func(pipeline.Action) bool
	now  time.Time
}

// horizonScene reads the board of the team that was loaded.
func (app *App) horizonScene(ctx context.Context, req *Request, at horizonPlace) (horizonScene, error) {
	if req.Loaded.Team == nil {
		return horizonScene{}, stale
	}
	s, err := app.horizonsOf(ctx, *req.Loaded.Team, req.Now)
	if err != nil {
		return s, err
	}
	s.at, s.may = at, app.may(req)
	if !at.card.IsZero() {
		o, err := req.supported(at.card)
		if err != nil {
			return s, err
		}
		s.card = &o
	}
	for _, o := range req.Loaded.Nodes.Opportunities {
		if at.column == offBoard && !isColumn(o.Horizon) {
			s.off = append(s.off, o)
		}
	}
	slices.SortFunc(s.off, func(a, b pipeline.Opportunity) int { return a.Key.Number - b.Key.Number })
	return s, nil
}

// horizonsOf reads the board of a team.
func (app *App) horizonsOf(ctx context.Context, team pipeline.Team, now time.Time) (horizonScene, error) {
	facts, err := app.Store.Horizons(ctx, team.Key)
	facts.Team = team
	return horizonScene{team: team, board: pipeline.NewHorizonBoard(facts, now), at: horizonPlace{team: team.Key}, now: now}, err
}

// showHorizons answers /align board, and goes to another place on it.
func showHorizons(ctx context.Context, app *App, req *Request) (Reply, error) {
	if req.Loaded.Team == nil && req.On == Slash {
		return chooseTeam(ctx, app, req, actionHorizons, newParams())
	}
	at, p := horizonPlace{}, newParams()
	if req.On == Slash {
		at.team = req.Loaded.Team.Key
	} else {
		var err error
		if p, err = decodeParams(req.Value); err != nil {
			return Reply{}, err
		}
		if at, err = horizonPlaceOf(p); err != nil {
			return Reply{}, err
		}
	}
	s, err := app.horizonScene(ctx, req, at)
	if err != nil {
		return Reply{}, err
	}
	view := s.view(metadata{Team: at.team, Channel: req.Channel})
	if req.Form != nil && p.Get("in") == inHorizons {
		return Reply{Update: view}, nil
	}
	return Reply{Open: view}, nil
}

// redrawnHorizons draws it again for the place of a button or form.
func (app *App) redrawnHorizons(ctx context.Context, req *Request, in place) (*slack.ModalViewRequest, error) {
	again, p, err := app.reloaded(ctx, req, in, pipeline.ReadTeam, wantHorizons)
	if err != nil {
		return nil, err
	}
	at, err := horizonPlaceOf(p)
	if err != nil {
		return nil, err
	}
	s, err := app.horizonScene(ctx, again, at)
	if err != nil {
		return nil, err
	}
	return s.view(metadata{Team: at.team, Channel: in.channel}), nil
}
