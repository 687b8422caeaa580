package commands

import (
	"context"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"alignbot/pipeline"
	"alignbot/storage"
)

// Charts that Slack draws itself, in messages. Where a workspace does not take them,
// a picture stands in their place.
// https://docs.slack.dev/reference/block-kit/blocks/data-visualization-block

const (
	// chartPoints is how many points a series can have, chartTitle and chartLabel how
	// long what stands above it and beside an axis can be, in runes.
	chartPoints, chartTitle, chartLabel = 20, 50, 50
	// chartRefused is how long a workspace is not asked again whether it takes charts.
	chartRefused = 24 * time.Hour
)

// outcomeChart draws an outcome's numbers over time: the newest of each day, and the
// target beside them; nil where there are fewer than two.
func outcomeChart(o pipeline.Outcome, checkIns []pipeline.CheckIn, zone *time.Location) *slack.DataVisualizationBlock {
	var days []string
	value := map[string]float64{}
	add := func(day string, v float64) {
		if _, known := value[day]; !known {
			days = append(days, day)
		}
		value[day] = v
	}
	if o.Baseline != nil {
		add(o.Baseline.Day, o.Baseline.Value)
	}
	for _, c := range pipeline.Standing(checkIns) {
		if c.Value != nil {
			add(c.At.In(zone).Format(time.DateOnly), *c.Value)
		}
	}
	if len(days) < 2 {
		return nil
	}
	slices.Sort(days)
	days = days[max(0, len(days)-chartPoints):]
	measured := slack.NewDataVisualizationDataSeries("Measured")
	target := slack.NewDataVisualizationDataSeries("Target")
	for _, day := range days {
		measured.Data = append(measured.Data, slack.NewDataVisualizationDataPoint(day, value[day]))
		if o.Target != nil {
			target.Data = append(target.Data, slack.NewDataVisualizationDataPoint(day, o.Target.Value))
		}
	}
	series := []slack.DataVisualizationDataSeries{measured}
	if o.Target != nil {
		series = append(series, target)
	}
	axis := slack.NewDataVisualizationAxisConfig(days...).WithYLabel(pipeline.Cut(o.Unit, chartLabel))
	return &slack.DataVisualizationBlock{
		Type: slack.MBTDataVisualization, Title: pipeline.Cut(o.Key.String()+" "+o.Statement, chartTitle),
		Chart: slack.NewDataVisualizationLineChart(axis, series...),
	}
}

// chartInstead puts Slack's own chart into a message in place of the picture, where
// the workspace takes it. Should it refuse, the message is sent without, and drawn
// again with the picture.
func (app *App) chartInstead(ctx context.Context, c storage.Claimed, pic pictured, d *Drawn) error {
	if pic.chart == nil {
		return nil
	}
	refused, err := app.Store.BlockRefused(ctx, string(slack.MBTDataVisualization))
	if err != nil || refused {
		return err
	}
	pictured := d.Post
	chart := map[*pictureBlock][]slack.Block{}
	for _, place := range picturesIn(pictured.Blocks) {
		chart[place] = []slack.Block{pic.chart}
	}
	d.Post.Blocks = filled(pictured.Blocks, chart)
	d.Post.Refused = func(ctx context.Context) Post {
		entry := c.Outgoing
		entry.Due = time.Time{}
		err := app.Store.RefuseBlock(ctx, string(slack.MBTDataVisualization), chartRefused)
		if err == nil {
			err = app.Store.Enqueue(ctx, entry)
		}
		if err != nil {
			app.Log.Warn("that the workspace takes no charts could not be noted", "err", err)
		}
		return pictured
	}
	return nil
}
