package drawing

import (
	"image/color"
	"time"
)

// Picture is laid out and ready to be written.
type Picture struct {
	// Title is what stands above it. Alt says in at most AltLimit characters what the
	// picture shows, for those who do not see it.
	Title, Alt string
	// Width and Height in points. The PNG has two pixels a point, fewer where that
	// would be more than PixelLimit.
	Width, Height float64
	// Hidden is how many cards there was no room for; the picture says so.
	Hidden int
	// Missing are characters that no font has; a box stands in their place.
	Missing []string

	page   color.NRGBA
	shapes []shape
}

// The limits of pictures.
const (
	// AltLimit is in runes; Slack takes 2,000 in an image block.
	AltLimit = 1000
	// SideLimit of a picture in points, PixelLimit of a PNG.
	SideLimit  = 4000
	PixelLimit = 16_000_000
	// CardLimit is about how many cards are legible: what is beyond it is counted.
	CardLimit = 40
)

// Style is how pictures look and whose they are.
type Style struct {
	Theme Theme
	// Team is its name for people; "" shows the key that the value has.
	Team string
	// Now and Zone date the picture; the zero time leaves the date out, nil is UTC.
	Now  time.Time
	Zone *time.Location
}

// Theme is light or dark.
type Theme string

// The themes. Anything else is Light.
const (
	Light Theme = "light"
	Dark  Theme = "dark"
)

// Themes lists them.
func Themes() []Theme { return []Theme{Light, Dark} }

// shape is one thing on a picture.
type shape interface {
	// bounds is all it may touch, in points.
	bounds() box
	// moved gives it dx, dy points further.
	moved(dx, dy float64) shape
	// paint draws it onto a band of pixels; svg writes it.
	paint(*band)
	svg(*svgWriter)
}

// box is a rectangle in points, y downwards.
type box struct{ x, y, w, h float64 }

func (b box) right() float64  { return b.x + b.w }
func (b box) bottom() float64 { return b.y + b.h }

func (b box) grown(by float64) box { return box{b.x - by, b.y - by, b.w + 2*by, b.h + 2*by} }

// union is the smallest box around both; an empty one adds nothing.
func (b box) union(o box) box {
	if b.w == 0 && b.h == 0 {
		return o
	}
	if o.w == 0 && o.h == 0 {
		return b
	}
	x, y := min(b.x, o.x), min(b.y, o.y)
	return box{x, y, max(b.right(), o.right()) - x, max(b.bottom(), o.bottom()) - y}
}
