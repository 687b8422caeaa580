package commands

import (
	"context"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/drawing"
	"alignbot/pipeline"
)

// Pictures that leave Slack.

// formatSVG is the picture itself, as a file that other programs open.
const formatSVG = "svg"

// pictureAs gives the person a picture as a file, or as text for other programs.
func pictureAs(ctx context.Context, app *App, req *Request) (Reply, error) {
	pic, p, err := app.clickedPicture(ctx, req)
	if err != nil {
		return Reply{}, err
	}
	if p.Get("format") == formatSVG {
		return app.svg(pic, req.Person.ID), nil
	}
	for _, format := range pic.formats {
		if format.name == p.Get("format") {
			post, err := format.write()
			if err != nil || req.Form == nil {
				return Reply{Tell: post}, err
			}
			m := metadata{Team: pic.team.Key, Channel: req.Channel}
			return Reply{Open: form("picture.as", "As "+format.label, "", m, post.Blocks...)}, nil
		}
	}
	return Reply{}, stale
}

// svg sends somebody a picture as a file, in their direct messages.
func (app *App) svg(pic pictured, user string) Reply {
	if !app.draws() {
		return tell(picturesOff)
	}
	reply := tell("The picture follows as an SVG file, in your direct messages with me.")
	reply.Later = func(ctx context.Context) Reply {
		ctx, cancel := context.WithTimeout(ctx, app.Studio.within)
		defer cancel()
		for _, s := range pic.sheets {
			if err := app.sendSVG(ctx, pic, s, user); err != nil {
				code := troubleCode(err)
				app.Log.Warn("a picture did not come to Slack", "kind", pic.kind, "code", code, "err", err)
				return tell("The SVG file could not be sent. " + pictureTrouble(code))
			}
		}
		return Reply{}
	}
	return reply
}

func (app *App) sendSVG(ctx context.Context, pic pictured, s sheet, user string) error {
	digest, err := pic.digest(s)
	if err != nil {
		return err
	}
	digest = formatSVG + ":" + user + ":" + digest
	f, mine, err := app.Studio.enter(digest)
	if err != nil || !mine { // who clicks twice gets one
		return err
	}
	defer app.Studio.leave(digest, f)
	select {
	case app.Studio.easels <- struct{}{}:
		defer func() { <-app.Studio.easels }()
	case <-ctx.Done():
		return ctx.Err()
	}
	picture, data, err := app.drawSheet(pic, s, func(p drawing.Picture, _ *drawing.Fonts) ([]byte, error) { return p.SVG(), nil })
	if err != nil {
		return err
	}
	words := escape(pic.title) + ", as an SVG file."
	_, err = app.Upload(ctx, File{
		Name: s.name + ".svg", Title: picture.Title, Alt: picture.Alt, Data: data, To: user,
		Words: Post{Text: words, Blocks: []slack.Block{say(words)}},
	})
	return err
}

// codePost is an export as a message, cut at the end of a line where it is too long.
// rest says where all of it is then; "" for nowhere.
func codePost(words Mrkdwn, code string, rest Mrkdwn) *Post {
	cut := pipeline.Cut(code, exportLimit)
	if cut != code {
		cut = cut[:strings.LastIndexByte(cut, '\n')+1]
	}
	blocks := []slack.Block{say(words), rich(&slack.RichTextPreformatted{Type: slack.RTEPreformatted, Elements: []slack.RichTextSectionElement{text(cut)}})}
	if cut != code {
		said := "This is the beginning: all of it has " + Mrkdwn(counted(strings.Count(code, "\n"), "line", "lines")) + ", which no message holds."
		if rest != "" {
			said += " " + rest
		}
		blocks = append(blocks, say(said))
	}
	return &Post{Text: words, Blocks: blocks}
}
