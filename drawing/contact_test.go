package drawing

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// contact is one kind of picture on the contact sheet.
type contact struct {
	file, name string
	// shows what it shows, posted how it comes to a channel.
	shows, posted string
	draw          func(*Fonts, Style) Picture
}

// contacts are all kinds, in the order in which the page has them.
func contacts() []contact {
	ballot, shown := sampleBallot()
	return []contact{
		{"outcome-tree", "Outcome tree", "Business outcomes, the product outcomes under them, opportunities, ideas and experiments, each with its number and its confidence in words.", "`/outcome tree`",
			func(f *Fonts, s Style) Picture { return Tree(f, paymentsTree(), s) }},
		{"solution-tree", "Opportunity solution tree", "One product outcome, what customers need, and the ideas and tests that answer it.", "`/outcome tree O3`, *Opportunities*",
			func(f *Fonts, s Style) Picture { return Tree(f, solutionTree(), s) }},
		{"impact-map", "Impact map", "A goal, who can help or hinder it, how they would behave differently, and what we could do for that.", "`/outcome tree O3`, *Impact map*",
			func(f *Fonts, s Style) Picture { return Tree(f, impactMap(), s) }},
		{"now-next-later", "Now-Next-Later board", "The team's opportunities by when they are worked on, with outcome, number, ideas and status.", "`/align board`",
			func(f *Fonts, s Style) Picture { return HorizonBoard(f, sampleBoard(), s) }},
		{"go-roadmap", "GO product roadmap", "The next releases as columns: when, its name, the goal, the features it needs, and the metrics that tell.", "`/align canvas`",
			func(f *Fonts, s Style) Picture { return Canvas(f, sampleRoadmap(), s) }},
		{"canvas", "Canvas", "A canvas on a page, here a Lean Canvas: what each box says, how risky it is, what was made of it, and since when nobody has confirmed it.", "`/align canvas`",
			func(f *Fonts, s Style) Picture { return Canvas(f, sampleCanvas(), s) }},
		{"story-map", "User story map", "What people do, step by step, and below it the stories in release slices, each with its outcome; the walking skeleton says so.", "`/align map`",
			func(f *Fonts, s Style) Picture { return StoryMap(f, sampleShownMap(), s) }},
		{"funnel", "Pipeline funnel", "How far ideas have come, how many stand in each stage now, and how many were parked from where.", "`/align status`",
			func(f *Fonts, s Style) Picture { return Funnel(f, sampleFunnel(), s) }},
		{"runway", "Backlog runway", "How many sprints the refined work lasts, between the limits that the team has set, and below it all active ideas.", "`/align health`",
			func(f *Fonts, s Style) Picture { return Gauge(f, sampleRunway(), s) }},
		{"ledger", "Technical excellence and slack", "What share of each sprint was technical work and bugs, and how much was left free, beside the least that the team wants.", "`/align health`",
			func(f *Fonts, s Style) Picture { return Ledger(f, sampleLedger(), s) }},
		{"burn", "Outcome over time", "The check-ins of an outcome from its baseline towards its target, beside the even way.", "`/outcome show O3`",
			func(f *Fonts, s Style) Picture { return Burn(f, sampleOutcome(), sampleCheckIns(), s) }},
		{"ballot", "Result of a ballot", "How many voted, the votes by choice, the advice and the decision: counts alone, and none while they are hidden.", "comes with the result in the ballot's thread",
			func(f *Fonts, s Style) Picture {
				return BallotResult(f, BallotCount{Ballot: ballot, Shown: shown, Title: "Say what each line of an invoice was ordered for", Decided: "moved it to the Product Backlog."}, s)
			}},
	}
}

// The page shows what is drawn today: whoever changes how pictures look sees every
// kind in the review.
func TestContactSheet(t *testing.T) {
	folder := filepath.Join("..", "docs", "pictures")
	total := 0
	for _, c := range contacts() {
		t.Run(c.file, func(t *testing.T) {
			for _, style := range []Style{lightStyle, darkStyle} {
				p := c.draw(ownFonts(), style)
				checkLimits(t, p)
				got, err := p.PNG(ownFonts())
				if err != nil {
					t.Fatal(err)
				}
				path := filepath.Join(folder, c.file+"-"+string(style.Theme)+".png")
				samePixels(t, path, halved(t, got), 4*channelSlack, *update)
				if stored, err := os.Stat(path); err == nil {
					total += int(stored.Size())
				}
			}
		})
	}
	const most = 2_500_000
	if total > most {
		t.Errorf("the pictures of the documentation have %d bytes, at most %d", total, most)
	}
	page := contactPage()
	path := filepath.Join(filepath.Dir(folder), "pictures.md")
	if *update {
		if err := os.WriteFile(path, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if stored, err := os.ReadFile(path); err != nil || string(stored) != page {
		t.Errorf("%s is not what would be written (%v); make pictures writes it", path, err)
	}
}

// halved is a picture with one pixel a point: enough for a page that shows two beside
// each other.
func halved(t *testing.T, data []byte) []byte {
	t.Helper()
	large := decoded(t, data)
	small := image.NewRGBA(image.Rect(0, 0, large.Rect.Dx()/2, large.Rect.Dy()/2))
	for y := range small.Rect.Dy() {
		for x := range small.Rect.Dx() {
			at := large.PixOffset(2*x, 2*y)
			for c := range 3 {
				sum := 0
				for _, i := range []int{at, at + 4, at + large.Stride, at + large.Stride + 4} {
					sum += int(large.Pix[i+c])
				}
				// The last two bits nobody sees, and they make up a third of the file.
				small.Pix[small.PixOffset(x, y)+c] = uint8(sum/16*4 + 2)
			}
			small.Pix[small.PixOffset(x, y)+3] = 255
		}
	}
	var out bytes.Buffer
	if err := png.Encode(&out, small); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// contactPage is the page with all kinds.
func contactPage() string {
	var b strings.Builder
	b.WriteString(`# Pictures

Everything alignbot holds can be posted as a picture: an answer shows it with the same in words below, and a button posts it to the channel. Each kind is
drawn in light and dark; no colour stands alone, each has its word. Where there is more than a phone can show, the last ones are counted ("+12 more").

The pictures below are drawn by ` + "`make pictures`" + `, and a test compares them pixel by pixel.
`)
	for _, c := range contacts() {
		fmt.Fprintf(&b, "\n## %s\n\n%s Posted by: %s.\n\n| Light | Dark |\n|---|---|\n| ![%s, light](pictures/%s-light.png) | ![%s, dark](pictures/%s-dark.png) |\n",
			c.name, c.shows, c.posted, c.name, c.file, c.name, c.file)
	}
	return b.String()
}
