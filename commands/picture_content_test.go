package commands

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"

	"alignbot/drawing"
	"alignbot/pipeline"
	"alignbot/slacksim/blockkit"
	"alignbot/storage"
)

// A picture is found again by what it shows: read twice it is the same one, and two
// maps or canvases that say the same are still two, because each picture names its own.
func TestAPictureIsToldApartByAllThatItShows(t *testing.T) {
	app := shop(t)
	furnishTree(t, app, "PAY", "alike")
	furnishStoryMap(t, app, "PAY", "alike")
	c := furnishCanvas(t, app, "PAY", "alike")
	m, err := app.Store.StoryMap(t.Context(), "PAY", 1)
	if err != nil {
		t.Fatal(err)
	}
	m.Number, m.Version = 0, 0
	if _, err := app.Store.AddStoryMap(t.Context(), "the same map", m, storage.Slot{}); err != nil {
		t.Fatal(err)
	}
	c.Number, c.Version = 2, 0
	if _, err := app.Store.KeepCanvas(t.Context(), "the same canvas", c, "U_ANN", storage.Slot{}, pipeline.Event{}); err != nil {
		t.Fatal(err)
	}
	team, err := app.Store.Team(t.Context(), "PAY")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	digests := func(value string) []string {
		t.Helper()
		p, err := decodeParams("team=PAY&picture=" + value)
		if err != nil {
			t.Fatal(err)
		}
		pic, err := app.loadPicture(t.Context(), team, p, now)
		if err != nil {
			t.Fatalf("%s: %v", value, err)
		}
		all, err := pic.digests()
		if err != nil || len(all) == 0 {
			t.Fatalf("%s: %v %v", value, all, err)
		}
		return all
	}
	shown := map[string]string{}
	for _, value := range []string{
		"tree", "funnel", "health", "outcome&node=PAY-O1", "board", "story-map&map=1", "story-map&map=2", "canvas&canvas=1", "canvas&canvas=2",
	} {
		first := digests(value)
		for range 5 {
			if again := digests(value); !slices.Equal(first, again) {
				t.Errorf("%s is another picture each time: %v, %v", value, first, again)
			}
		}
		for _, digest := range first {
			if other := shown[digest]; other != "" {
				t.Errorf("%s is shown in the place of %s", other, value)
			}
			shown[digest] = value
		}
	}
}

// A message is posted with a line in the place of its picture, and must still fit with
// the picture and all of its words.
func TestAMessageFitsWithItsPicture(t *testing.T) {
	n := 0
	for name, drawn := range drawings(kinds[1]) {
		post, is := drawn.(Post)
		if !is || len(picturesIn(post.Blocks)) == 0 {
			continue
		}
		n++
		with := map[*pictureBlock][]slack.Block{}
		for _, place := range picturesIn(post.Blocks) {
			var files []storage.Picture
			for range place.of.sheets {
				files = append(files, storage.Picture{File: "F0FILE001", Alt: strings.Repeat("W", drawing.AltLimit)})
			}
			with[place] = imageBlocks(files)
		}
		if total := blockkit.TextTotal(encode(t, filled(post.Blocks, with))); total > 10_000 {
			t.Errorf("%s has %d characters with its picture", name, total)
		}
	}
	if n == 0 {
		t.Error("no message has a picture")
	}
}
