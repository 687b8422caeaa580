package commands

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

const (
	// likeShown is how many ideas like a new one are listed: more would be an
	// alarm.
	likeShown = 3
	// likeAsked are looked at, so that what is parked can stand first.
	likeAsked = 6
	// likeLeast is the least likeness, of 1, that is worth a look. Of the labelled
	// examples that are kept in the repository, one in sixteen repeats is below it,
	// and one in sixteen of all else above.
	likeLeast = 0.2
	// likeWhyShown is how much of the reason for a no is shown, in runes.
	likeWhyShown = 150
	// likeWait is how long an answer waits for them. Without them it is as good.
	likeWait = 400 * time.Millisecond
)

// likeIt gives the ideas that the person can see and that are like a new one,
// parked ones first. It is an extra: what goes wrong is only logged.
func (app *App) likeIt(ctx context.Context, req *Request, idea pipeline.Idea) []likeIdea {
	ctx, cancel := context.WithTimeout(ctx, likeWait)
	defer cancel()
	teams, err := visibleTeams(ctx, app, req, pipeline.ReadTeam)
	if err == nil {
		var found []storage.Match
		if found, err = app.Store.Similar(ctx, idea, keysOf(teams), likeAsked); err == nil {
			return app.worthALook(ctx, req, teams, found)
		}
	}
	app.Log.Warn("ideas like a new one could not be looked for", "idea", idea.Key.String(), "err", err)
	return nil
}

// likeIdea is an idea that is like a new one, and what the person may do with it.
type likeIdea struct {
	pipeline.Idea
	mayAdd, mayReopen bool
}

func (app *App) worthALook(ctx context.Context, req *Request, teams []pipeline.Team, found []storage.Match) []likeIdea {
	var ideas []pipeline.Idea
	for _, m := range found {
		if m.Score >= likeLeast {
			ideas = append(ideas, m.Idea)
		}
	}
	parkedFirst(ideas)
	return app.offered(ctx, req, teams, ideas[:min(len(ideas), likeShown)])
}

// parkedFirst puts what was turned down before all else: its reason may be the
// answer.
func parkedFirst(ideas []pipeline.Idea) {
	slices.SortStableFunc(ideas, func(a, b pipeline.Idea) int { return parkedLast(b) - parkedLast(a) })
}

// offered adds to ideas what the person may do with them; teams are theirs.
func (app *App) offered(ctx context.Context, req *Request, teams []pipeline.Team, ideas []pipeline.Idea) []likeIdea {
	present, err := app.present(ctx, req, teams)
	if err != nil {
		present = nil // then nothing is offered that asks for being there
	}
	var like []likeIdea
	for _, idea := range ideas {
		team := teams[slices.IndexFunc(teams, func(t pipeline.Team) bool { return t.Key == idea.Key.Team })]
		where := pipeline.Where{Team: &team, InChannel: present[team.Channel]}
		like = append(like, likeIdea{
			idea,
			pipeline.May(app.Policy, req.Person, addingTo(idea), where).OK,
			idea.Stage == pipeline.Parked && idea.Ballot == 0 && pipeline.May(app.Policy, req.Person, pipeline.DecideIdea, where).OK,
		})
	}
	return like
}

// likeRow is an idea that may be the same, with why it was parked.
func likeRow(idea pipeline.Idea) *slack.SectionBlock {
	section := ideaRow(idea, newParams())
	if why := parkingOf(idea).Why; why != "" {
		section.Text = plain(section.Text.Text + "\n" + quoted(pipeline.Cut(why, likeWhyShown)))
	}
	return section
}

// reopenButton reopens an idea that stands in a list.
func reopenButton(key pipeline.Key) *slack.ButtonBlockElement {
	step, _ := pipeline.StepTo(pipeline.Parked, pipeline.Discovery)
	reopen := moveButton(key, step, "")
	reopen.ActionID += ":" + key.String()
	return reopen
}

// steps are what the person may do with an idea that they found: add what they
// know, or reopen it.
func (l likeIdea) steps() []slack.BlockElement {
	var steps []slack.BlockElement
	about := l.Key.String()
	switch {
	case l.mayAdd && l.Stage == pipeline.Parked:
		ask := askButton(l.Key, "")
		ask.ActionID += ":" + about
		steps = append(steps, ask)
	case l.mayAdd:
		steps = append(steps, button(actionEvidence+":"+about, "Add evidence", "to "+about, newParams("idea", about)))
	}
	if l.mayReopen {
		steps = append(steps, reopenButton(l.Key))
	}
	return steps
}

// addingTo is what somebody must be allowed to do to add what they captured to
// an idea.
func addingTo(idea pipeline.Idea) pipeline.Action {
	if idea.Stage == pipeline.Parked {
		return pipeline.AskAgain
	}
	return pipeline.AddEvidence
}

// capturedExtra tells the author of a new idea, in a message of its own, what is like
// it and what it may be for, where there is any of that.
func (app *App) capturedExtra(req *Request, idea pipeline.Idea) func(context.Context) Reply {
	return func(ctx context.Context) Reply { return Reply{Tell: app.toAnswer(ctx, req, idea, false)} }
}

// toAnswer asks the author about a captured idea: whether one of those like it is the
// same, where that is not known yet, and what it is for. nil where there is nothing to
// ask. Looking for both takes its time: it belongs behind the acknowledgement.
func (app *App) toAnswer(ctx context.Context, req *Request, idea pipeline.Idea, known bool) *Post {
	var like []likeIdea
	var suggested []suggested
	looking, ctx := storage.Together(ctx)
	if !known && app.Store.Searchable() {
		looking.Go(func() error { like = app.likeIt(ctx, req, idea); return nil })
	}
	if takesSuggestion(idea) && app.may(req)(pipeline.LinkOutcome) {
		looking.Go(func() error { suggested = app.suggest(ctx, *req.Loaded.Team, idea); return nil })
	}
	_ = looking.Wait() // none gives an error
	if len(like) == 0 && len(suggested) == 0 {
		return nil
	}
	return answerPost(idea, like, suggested, known || len(like) == 0)
}

// answerPost asks what toAnswer does. known: what is like the idea was answered before.
func answerPost(idea pipeline.Idea, like []likeIdea, suggested []suggested, known bool) *Post {
	post := &Post{Text: "About " + Mrkdwn(idea.Key.String())}
	post.Blocks = []slack.Block{rich(line(text("About "), bold(idea.Key.String()), text("  "+pipeline.Cut(idea.Title, pipeline.TitleLimit))))}
	post.Blocks = append(post.Blocks, likeBlocks(idea, like)...)
	if len(like) > 0 {
		post.Text += Mrkdwn(": " + counted(len(like), "idea is", "ideas are") + " like it.")
	} else {
		post.Text += ": what is it for?"
	}
	post.Blocks = append(post.Blocks, capturedSuggestions(idea, suggested, known)...)
	return post
}

// likeBlocks ask whether one of the ideas like a new one is the same.
func likeBlocks(idea pipeline.Idea, like []likeIdea) []slack.Block {
	if len(like) == 0 {
		return nil
	}
	key := idea.Key.String()
	blocks := []slack.Block{slack.NewDividerBlock(), say("*Like it, in case it is the same*")}
	for _, other := range like {
		about := other.Key.String()
		blocks = append(blocks, likeRow(other.Idea))
		var steps []slack.BlockElement
		if other.mayAdd {
			value := newParams("idea", about, "mine", key)
			steps = append(steps, confirm(button(actionSame+":"+about, "Same: add mine to it", "to "+about, value),
				"Add "+key+" to "+about+"?", "What you wrote is added to "+about+", and "+key+" is withdrawn as the same. It can be brought back.", "Add"))
		}
		if other.mayReopen {
			steps = append(steps, reopenButton(other.Key))
		}
		if len(steps) > 0 {
			blocks = append(blocks, buttons(steps...))
		}
	}
	return append(blocks, buttons(button(actionIsNew, "It is new", key, newParams("idea", key))))
}

// closeLike answers "It is new": the list of what is like it goes away.
func closeLike(_ context.Context, app *App, req *Request) (Reply, error) {
	idea, err := req.wanted()
	if err != nil {
		return Reply{}, err
	}
	return Reply{After: func(ctx context.Context) Reply {
		if post := app.toAnswer(ctx, req, idea, true); post != nil {
			return Reply{Replace: post}
		}
		return Reply{Replace: tell(Mrkdwn(idea.Key.String() + " stands on its own.")).Tell}
	}}, nil
}

// mayAddToSame is what adding to the idea that the button names asks for.
func mayAddToSame(req *Request) pipeline.Action {
	if req.Loaded.Idea == nil {
		return pipeline.AskAgain
	}
	return addingTo(*req.Loaded.Idea)
}

// addToSame adds what somebody captured to an idea that is the same: for a parked
// one they count as asking again. Their own idea is withdrawn.
func addToSame(ctx context.Context, app *App, req *Request) (Reply, error) {
	p, same, err := req.clicked()
	if err != nil {
		return Reply{}, err
	}
	key, err := pipeline.ParseKey(p.Get("mine"))
	if err != nil {
		return Reply{}, stale
	}
	mine, team, err := app.ownIdea(ctx, req, key)
	if err != nil {
		return Reply{}, err
	}
	if key == same.Key {
		return Reply{}, &pipeline.Problem{Code: "same-idea", What: fmt.Sprintf("%s cannot be added to itself.", key), Safe: "Nothing was changed."}
	}
	withdrawn, err := pipeline.Withdraw(mine, req.Person.ID, req.Now)
	if err != nil && req.Loaded.First {
		return Reply{}, err
	}
	words, err := app.addMine(ctx, req, same, mine)
	if err != nil {
		return Reply{}, err
	}
	event := pipeline.Event{At: req.Now, By: req.Person.ID, What: pipeline.WasWithdrawn, Why: "the same as " + same.Key.String()}
	if !nameableBy(mine, *req.Loaded.Team) {
		event.Why = "the same as another idea"
	}
	if op := "same:" + req.Op; mine.Withdrawn.IsZero() {
		_, err = again(withdrawn, func(idea pipeline.Idea) error {
			if idea.Withdrawn.IsZero() { // somebody else changed it meanwhile
				if idea, err = pipeline.Withdraw(idea, req.Person.ID, req.Now); err != nil {
					return err
				}
			}
			_, err := app.Store.ChangeIdea(ctx, op, idea, storage.Slot{}, event, telling(op, team, idea, event)...)
			return err
		})
		if err != nil {
			return Reply{}, err
		}
	}
	about := same.Key.String()
	told := tell(words+Mrkdwn(" "+key.String()+" is withdrawn as the same."),
		buttons(button(actionShow, "Details", "of "+about, newParams("idea", about)), button(actionBringBack, "Bring "+key.String()+" back", "", newParams("idea", key.String()))))
	if req.Message != nil && req.Message.Private {
		return Reply{Replace: told.Tell}, nil
	}
	return told, nil
}

// ownIdea is an idea of the person's own, which they may still change, with its
// team; else the answer that there is none.
func (app *App) ownIdea(ctx context.Context, req *Request, key pipeline.Key) (pipeline.Idea, pipeline.Team, error) {
	ideas, err := app.Store.Ideas(ctx, []pipeline.Key{key})
	if err != nil || len(ideas) == 0 || ideas[0].Author != req.Person.ID {
		return pipeline.Idea{}, pipeline.Team{}, orElse(err, noIdea(key))
	}
	team, err := app.Store.Team(ctx, key.Team)
	if err != nil {
		return pipeline.Idea{}, pipeline.Team{}, err
	}
	present, err := app.present(ctx, req, []pipeline.Team{team})
	where := pipeline.Where{Team: &team, InChannel: present[team.Channel]}
	if err != nil || !pipeline.May(app.Policy, req.Person, pipeline.ChangeOwnIdea, where).OK {
		return pipeline.Idea{}, pipeline.Team{}, orElse(err, noIdea(key))
	}
	return ideas[0], team, nil
}

// orElse is the first error there is.
func orElse(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// addMine adds what an idea says to another, and tells what became of it.
func (app *App) addMine(ctx context.Context, req *Request, same, mine pipeline.Idea) (Mrkdwn, error) {
	said := mine.Title
	if pipeline.HasVisible(mine.Problem) {
		said += "\n" + mine.Problem
	}
	said = pipeline.Cut(said, pipeline.TextLimit)
	if same.Stage == pipeline.Parked {
		var evidence *pipeline.Evidence
		if pipeline.HasVisible(mine.Evidence) {
			evidence = &pipeline.Evidence{Note: mine.Evidence, Strength: pipeline.Opinion, Link: mine.Source.Permalink, By: req.Person.ID, At: req.Now}
		}
		return app.ask(ctx, req, req.Op, storage.Slot{}, same, pipeline.Asked{Note: said, Source: mine.Source}, evidence)
	}
	if err := takesEvidence(same); err != nil {
		return "", err
	}
	if pipeline.HasVisible(mine.Evidence) {
		said = pipeline.Cut(said+"\n"+mine.Evidence, pipeline.TextLimit)
	}
	e := pipeline.Evidence{Note: said, Strength: pipeline.Opinion, Link: mine.Source.Permalink, By: req.Person.ID, At: req.Now}
	event := pipeline.Event{At: req.Now, By: req.Person.ID, What: pipeline.GotEvidence, About: evidenceKind(e)}
	_, err := app.Store.AddEvidence(ctx, req.Op, same.Key, e, storage.Slot{}, event, telling(req.Op, *req.Loaded.Team, same, event)...)
	return Mrkdwn("What you wrote is evidence on " + same.Key.String() + " now."), err
}
