package drawing

import (
	"bytes"
	"image/png"
	"strings"
	"sync"
	"testing"
)

func TestThePNGHasTwoPixelsAPoint(t *testing.T) {
	p := Tree(ownFonts(), paymentsTree(), lightStyle)
	data, err := p.PNG(ownFonts())
	if err != nil {
		t.Fatal(err)
	}
	if size := decoded(t, data).Bounds().Size(); size.X != int(2*p.Width) || size.Y != int(2*p.Height) {
		t.Errorf("%v pixels for %v x %v points", size, p.Width, p.Height)
	}
}

func TestPixelsAreLimited(t *testing.T) {
	for _, side := range [][2]float64{{SideLimit, SideLimit}, {SideLimit, 1100}, {90_000, 30}, {1e9, 1e9}} {
		p := Picture{Title: "large", Alt: "large", Width: side[0], Height: side[1], shapes: []shape{rect{box: box{10, 10, 1e9, 1e9}, fill: rgb(0x123456)}}}
		data, err := p.PNG(ownFonts())
		if err != nil {
			t.Fatal(err)
		}
		size, err := png.DecodeConfig(bytes.NewReader(data))
		if err != nil || size.Width*size.Height > PixelLimit || size.Width > 2*SideLimit || size.Height > 2*SideLimit {
			t.Errorf("%v points become %d x %d pixels (%v)", side, size.Width, size.Height, err)
		}
	}
}

func TestWhatHasNoSizeIsNoPicture(t *testing.T) {
	if _, err := (Picture{Title: "nothing"}).PNG(ownFonts()); err == nil || !strings.Contains(err.Error(), "nothing") {
		t.Errorf("error %v", err)
	}
}

// The same value gives the same bytes, however many are drawn at once.
func TestPicturesAreTheSameEachTime(t *testing.T) {
	f, _ := worldFonts()
	tree := worldTree()
	want, err := Tree(f, tree, darkStyle).PNG(f)
	if err != nil {
		t.Fatal(err)
	}
	var drawing sync.WaitGroup
	for range 6 {
		drawing.Go(func() {
			got, err := Tree(f, tree, darkStyle).PNG(f)
			if err != nil || !bytes.Equal(got, want) {
				t.Errorf("another picture (%v)", err)
			}
		})
	}
	drawing.Wait()
}
