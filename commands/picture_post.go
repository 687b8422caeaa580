package commands

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// Pictures in channels: posted with the line in their place, redrawn when drawn.

const (
	drawPicture = "picture" // in its team's channel. Args: value (of its button), by
	// drawPictureAgain draws a picture anew where it stands. Args: value, by, channel, ts.
	drawPictureAgain = "picture.again"
	// drawPictureLate, a job, draws a message again whose picture was being drawn, in
	// case that whoever drew it has ended. Args: entry.
	drawPictureLate = "picture.late"
	// pictureLate is when that is.
	pictureLate = time.Minute
)

// postPicture posts a picture in its team's channel.
func postPicture(ctx context.Context, app *App, req *Request) (Reply, error) {
	pic, _, err := app.clickedPicture(ctx, req)
	if err != nil {
		return Reply{}, err
	}
	entry := storage.Outgoing{
		ID: "picture:" + req.Op, Kind: drawPicture, Subject: string(pic.team.Key), Channel: pic.team.Channel,
		Args: map[string]string{"value": pic.value().encode(), "by": req.Person.ID},
	}
	if err := app.Store.Enqueue(ctx, entry); err != nil {
		return Reply{}, err
	}
	return tell("The picture follows in the channel of " + escape(pic.team.Name) + "."), nil
}

// pictureMessages are the messages that say more than their picture, by the kind of
// the outbox entry that draws them. again has it draw the message where it stands.
var pictureMessages = map[string]struct {
	picture string
	again   func(*storage.Outgoing, pictured)
}{
	drawHealth: {pictureHealth, func(*storage.Outgoing, pictured) {}},
	drawBallotResult: {pictureBallot, func(entry *storage.Outgoing, pic pictured) {
		entry.Subject, entry.Args["ballot"] = pic.at.Get("idea"), pic.at.Get("ballot")
	}},
}

// pictureAgain is the entry that redraws a message with a picture; around names the
// message where it says more than that.
func pictureAgain(pic pictured, around string, at Message, by string) (storage.Outgoing, error) {
	entry := storage.Outgoing{
		ID: "picture-again:" + at.Channel + ":" + at.TS, Kind: drawPictureAgain, Subject: string(pic.team.Key), Channel: at.Channel, Repeatable: true,
		Args: map[string]string{"value": pic.value().encode(), "by": by, "channel": at.Channel, "ts": at.TS},
	}
	if around == "" {
		return entry, nil
	}
	message, known := pictureMessages[around]
	if !known || message.picture != pic.kind {
		return storage.Outgoing{}, stale
	}
	entry.Kind = around
	message.again(&entry, pic)
	return entry, nil
}

// redrawn is the message that an entry draws anew where it stands; zero for a new one.
func redrawn(c storage.Claimed) pipeline.Message {
	return pipeline.Message{Channel: c.Args["channel"], TS: c.Args["ts"]}
}

// drawPicture makes the message of a picture, of what is stored then.
func (app *App) drawPicture(ctx context.Context, c storage.Claimed) (Drawn, error) {
	d := startOf(c)
	key, err := pipeline.ParseTeamKey(c.Subject)
	if err != nil {
		return Drawn{}, err
	}
	team, err := app.Store.Team(ctx, key)
	if errors.Is(err, storage.ErrNotFound) {
		return Drawn{Skip: true}, nil
	}
	if err != nil {
		return Drawn{}, err
	}
	value, err := decodeParams(c.Args["value"])
	if err != nil {
		return Drawn{}, err
	}
	pic, err := app.loadPicture(ctx, team, value, app.Now())
	var gone *pipeline.Problem
	if errors.As(err, &gone) {
		return Drawn{Skip: true}, nil // what it shows is no more
	}
	if err != nil {
		return Drawn{}, err
	}
	d.Update = redrawn(c)
	d.Post = pic.inMessage(true)
	words := fallback(app.name(ctx, c.Args["by"])) + " asked for this picture, of " + Mrkdwn(whenTime(pic.now)) + "."
	d.Post.Blocks = append(d.Post.Blocks, note(words))
	return d, app.chartInstead(ctx, c, pic, &d)
}

// drawPictureLate has a message drawn again.
func (app *App) drawPictureLate(ctx context.Context, c storage.Claimed) (Drawn, error) {
	var entry storage.Outgoing
	if err := json.Unmarshal([]byte(c.Args["entry"]), &entry); err != nil {
		return Drawn{}, fmt.Errorf("draw %s: %w", c.Kind, err)
	}
	return Drawn{Skip: true}, app.Store.Enqueue(ctx, entry)
}

// pictureMessage puts the pictures of a message into it that Slack has, and has the
// others drawn, and the message again after that.
func (app *App) pictureMessage(ctx context.Context, c storage.Claimed, d *Drawn) error {
	places := picturesIn(d.Post.Blocks)
	if len(places) == 0 {
		return nil
	}
	if d.Update.IsZero() {
		d.Update = c.Message
	}
	if !app.draws() || app.Go == nil {
		for _, place := range places {
			place.words = picturesOff
		}
		return nil
	}
	with, instead := map[*pictureBlock][]slack.Block{}, map[*pictureBlock][]slack.Block{}
	var missing []*pictureBlock
	for _, place := range places {
		files, err := app.knownPictures(ctx, place.of)
		if err != nil {
			return err
		}
		if files == nil {
			missing = append(missing, place)
			continue
		}
		with[place], instead[place] = imageBlocks(files), []slack.Block{note(pictureTrouble(troubleGone))}
	}
	if len(missing) > 0 {
		return app.drawForMessage(ctx, c.Outgoing, missing)
	}
	shown := d.Post
	d.Post.Blocks = filled(shown.Blocks, with)
	d.Post.Refused = func(ctx context.Context) Post {
		app.forgetPictures(ctx, places)
		return Post{Text: shown.Text, Blocks: filled(shown.Blocks, instead)}
	}
	return nil
}

// knownPictures are the files of all sheets, nil where one is still to be drawn.
func (app *App) knownPictures(ctx context.Context, p pictured) ([]storage.Picture, error) {
	digests, err := p.digests()
	if err != nil {
		return nil, err
	}
	known, err := app.Store.Pictures(ctx, digests...)
	if err != nil {
		return nil, err
	}
	var files []storage.Picture
	for _, digest := range digests {
		file, is := known[digest]
		if !is {
			return nil, nil
		}
		files = append(files, file)
	}
	return files, nil
}

// drawForMessage draws pictures behind everything else, and then the message again.
// Should this process end before, another draws the message again later.
func (app *App) drawForMessage(ctx context.Context, entry storage.Outgoing, places []*pictureBlock) error {
	entry.Due = time.Time{}
	encoded, err := json.Marshal(entry)
	if err != nil {
		return err
	}
	digests, err := places[0].of.digests()
	if err != nil {
		return err
	}
	late := storage.Outgoing{
		ID: "picture-late:" + digests[0] + ":" + entry.ID, Kind: drawPictureLate, Subject: entry.Subject, Due: app.Now().Add(pictureLate),
		Args: map[string]string{"entry": string(encoded)},
	}
	if err := app.Store.Enqueue(ctx, late); err != nil {
		return err
	}
	app.Go(func(ctx context.Context) {
		for _, place := range places {
			if err := app.drawAndNote(ctx, place.of); err != nil {
				app.Log.Error("a picture cannot be drawn", "kind", place.of.kind, "err", err)
				return
			}
		}
		noting, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteWithin)
		defer cancel()
		if err := app.Store.Enqueue(noting, entry); err != nil {
			app.Log.Warn("a message whose picture is drawn could not be noted; it is drawn again later", "kind", entry.Kind, "id", entry.ID, "err", err)
		}
	})
	return nil
}

// drawAndNote draws pictures, and has it known of each that is not there why: also
// where it never came to drawing it.
func (app *App) drawAndNote(ctx context.Context, p pictured) error {
	files, err := app.drawPictures(ctx, p)
	if err != nil {
		return err
	}
	digests, err := p.digests()
	if err != nil {
		return err
	}
	noting, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteWithin)
	defer cancel()
	for i, file := range files {
		if file.Trouble == "" || file.Trouble == troubleStopped {
			continue
		}
		if _, err := app.Store.KeepPicture(noting, digests[i], file, pictureTroubleLife); err != nil {
			return err
		}
	}
	return nil
}

// forgetTrouble has a message try again what came to nothing just now.
func (app *App) forgetTrouble(ctx context.Context, p pictured) error {
	digests, err := p.digests()
	if err != nil {
		return err
	}
	known, err := app.Store.Pictures(ctx, digests...)
	if err != nil {
		return err
	}
	digests = slices.DeleteFunc(digests, func(digest string) bool { return known[digest].Trouble == "" })
	if len(digests) == 0 {
		return nil
	}
	return app.Store.ForgetPictures(ctx, digests...)
}
