package commands

import (
	"context"
	"strings"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// How a picture comes into the reply to a person.

// withPictures has the pictures of a reply drawn once the reply is there: the line in
// the place of each says so until then. A message that Slack cannot redraw is followed by
// another with the picture.
func (app *App) withPictures(req *Request, reply Reply) Reply {
	if after := reply.After; after != nil {
		reply.After = func(ctx context.Context) Reply { return app.withPictures(req, after(ctx)) }
	}
	views := []*slack.ModalViewRequest{reply.Open, reply.Update, reply.Below}
	var blocks []*pictureBlock
	for _, view := range views {
		if view != nil {
			blocks = append(blocks, picturesIn(view.Blocks.BlockSet)...)
		}
	}
	for _, post := range []*Post{reply.Tell, reply.Replace} {
		if post != nil {
			blocks = append(blocks, picturesIn(post.Blocks)...)
		}
	}
	if len(blocks) == 0 {
		return reply
	}
	if !app.draws() {
		for _, b := range blocks {
			b.words = picturesOff
		}
		return reply
	}
	if reply.Tell != nil {
		for _, b := range picturesIn(reply.Tell.Blocks) {
			b.words = "The picture follows in a message of its own."
		}
	}
	shown := reply
	reply.Later = func(ctx context.Context) Reply { return app.drawn(ctx, shown, blocks) }
	return reply
}

// draws tells whether there can be pictures at all.
func (app *App) draws() bool { return app.Studio != nil && app.Fonts != nil && app.Upload != nil }

// picturesIn are the places of pictures among blocks.
func picturesIn(blocks []slack.Block) []*pictureBlock {
	var found []*pictureBlock
	for _, b := range blocks {
		if place, ok := b.(*pictureBlock); ok {
			found = append(found, place)
		}
	}
	return found
}

// drawn gives the reply again with its pictures.
func (app *App) drawn(ctx context.Context, shown Reply, places []*pictureBlock) Reply {
	hung := make(map[*pictureBlock][]slack.Block, len(places))
	instead := make(map[*pictureBlock][]slack.Block, len(places))
	for _, place := range places {
		files, err := app.drawPictures(ctx, place.of)
		if err != nil {
			app.Log.Error("a picture cannot be drawn", "kind", place.of.kind, "err", err)
			files = []storage.Picture{{Trouble: troubleDrawing}}
		}
		hung[place] = imageBlocks(files)
		instead[place] = []slack.Block{note(pictureTrouble(troubleGone))}
	}
	reply := redrawnWith(shown, hung)
	reply.Refused = func(ctx context.Context) Reply {
		app.forgetPictures(ctx, places)
		return redrawnWith(shown, instead)
	}
	return reply
}

// redrawnWith is what follows a reply: the same with blocks in the places of its
// pictures.
func redrawnWith(shown Reply, with map[*pictureBlock][]slack.Block) Reply {
	var reply Reply
	view := func(v *slack.ModalViewRequest) *slack.ModalViewRequest {
		if v == nil || len(picturesIn(v.Blocks.BlockSet)) == 0 {
			return nil
		}
		redrawn := *v
		redrawn.Blocks.BlockSet = filled(v.Blocks.BlockSet, with)
		return &redrawn
	}
	if reply.Update = view(shown.Update); reply.Update == nil {
		reply.Update = view(shown.Open)
	}
	reply.Below = view(shown.Below)
	if shown.Replace != nil && len(picturesIn(shown.Replace.Blocks)) > 0 {
		reply.Replace = &Post{Text: shown.Replace.Text, Blocks: filled(shown.Replace.Blocks, with)}
	}
	if shown.Tell != nil {
		for _, place := range picturesIn(shown.Tell.Blocks) {
			post := place.of.inMessage(false)
			blocks := append(append([]slack.Block{}, with[place]...), post.Blocks[len(post.Blocks)-1])
			reply.Tell = &Post{Text: escape(place.of.title), Blocks: blocks}
		}
	}
	return reply
}

// filled puts blocks into the places of pictures.
func filled(blocks []slack.Block, with map[*pictureBlock][]slack.Block) []slack.Block {
	var all []slack.Block
	for _, b := range blocks {
		if place, ok := b.(*pictureBlock); ok {
			all = append(all, with[place]...)
			continue
		}
		all = append(all, b)
	}
	return all
}

// altMost is how long the words of an image block can be.
// https://docs.slack.dev/reference/block-kit/blocks/image-block
const altMost = 2000

// imageBlocks show files, and say of each that is not there why.
func imageBlocks(files []storage.Picture) []slack.Block {
	var blocks []slack.Block
	var said []Mrkdwn
	for _, file := range files {
		if file.File == "" {
			if words := pictureTrouble(file.Trouble); len(said) == 0 || said[len(said)-1] != words {
				said = append(said, words)
			}
			continue
		}
		blocks = append(blocks, slack.NewImageBlockSlackFile(&slack.SlackFileObject{ID: file.File}, pipeline.Cut(file.Alt, altMost), "", nil))
		if len(file.Missing) > 0 {
			said = append(said, "No font here has "+escape(strings.Join(file.Missing, " "))+", so boxes stand in their place; the words below have them. Whoever runs alignbot can add fonts.")
		}
	}
	for _, words := range said {
		blocks = append(blocks, note(words))
	}
	return blocks
}

// forgetPictures has them drawn anew: Slack refused to show their files.
func (app *App) forgetPictures(ctx context.Context, places []*pictureBlock) {
	var all []string
	for _, place := range places {
		digests, err := place.of.digests()
		if err == nil {
			all = append(all, digests...)
		}
	}
	if err := app.Store.ForgetPictures(ctx, all...); err != nil {
		app.Log.Warn("pictures that Slack does not show are not forgotten", "err", err)
	}
}
