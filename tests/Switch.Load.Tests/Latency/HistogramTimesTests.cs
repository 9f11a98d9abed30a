using Switch.Load.Latency;

namespace Switch.Load.Tests.Latency;

/// <summary>Percentiles of a histogram as the metrics page prints it, between two looks.</summary>
public sealed class HistogramTimesTests
{
    private const string Before = """
        # TYPE cardswitch_link_rtt_seconds histogram
        cardswitch_link_rtt_seconds_bucket{acquirer="alpha",le="0.001"} 10 1790000000
        cardswitch_link_rtt_seconds_bucket{acquirer="alpha",le="0.002"} 10 1790000000
        cardswitch_link_rtt_seconds_bucket{acquirer="alpha",le="+Inf"} 10 1790000000
        cardswitch_link_rtt_seconds_sum{acquirer="alpha"} 0.005 1790000000
        cardswitch_link_rtt_seconds_count{acquirer="alpha"} 10 1790000000
        """;

    private const string After = """
        cardswitch_link_rtt_seconds_bucket{acquirer="alpha",le="0.001"} 60
        cardswitch_link_rtt_seconds_bucket{acquirer="alpha",le="0.002"} 108
        cardswitch_link_rtt_seconds_bucket{acquirer="alpha",le="+Inf"} 110
        cardswitch_link_rtt_seconds_sum{acquirer="alpha"} 0.105
        cardswitch_link_rtt_seconds_count{acquirer="alpha"} 110
        cardswitch_link_exchanges_total{acquirer="alpha"} 7
        """;

    private readonly HistogramTimes _times = HistogramTimes.Between(Before, After, HistogramTimes.Link);

    [Fact]
    public void Between_TwoPages_CountsWhatCameSince()
    {
        Assert.Equal(100, _times.Count);
        Assert.Equal(1, _times.MeanMs, 6);
    }

    [Theory]
    [InlineData(25, 0.5)]
    [InlineData(50, 1)]
    [InlineData(74, 1.5)]
    [InlineData(99, 2)]
    public void Ms_APercentile_IsSpreadWithinItsBucket(double percentile, double expected) =>
        Assert.Equal(expected, _times.Ms(percentile), 6);

    [Fact]
    public void Ms_NothingCame_IsZero() =>
        Assert.Equal(0, HistogramTimes.Between(After, After, HistogramTimes.Link).Ms(50));

    [Fact]
    public void OfStages_TellsEachStageApart_InTheOrderOfThePage()
    {
        const string Start = """
            cardswitch_stage_duration_seconds_sum{otel_scope_name="cardswitch",stage="claim"} 1
            cardswitch_stage_duration_seconds_count{otel_scope_name="cardswitch",stage="claim"} 10
            """;
        const string End = """
            cardswitch_stage_duration_seconds_bucket{otel_scope_name="cardswitch",stage="claim",le="0.01"} 20
            cardswitch_stage_duration_seconds_bucket{otel_scope_name="cardswitch",stage="claim",le="+Inf"} 20
            cardswitch_stage_duration_seconds_sum{otel_scope_name="cardswitch",stage="claim"} 1.03
            cardswitch_stage_duration_seconds_count{otel_scope_name="cardswitch",stage="claim"} 20
            cardswitch_stage_duration_seconds_sum{otel_scope_name="cardswitch",stage="attempt"} 0.5
            cardswitch_stage_duration_seconds_count{otel_scope_name="cardswitch",stage="attempt"} 100
            """;

        var stages = HistogramTimes.OfStages(Start, End);

        Assert.Equal(["claim", "attempt"], stages.Select(static s => s.Stage));
        Assert.Equal(3, stages[0].Times.MeanMs, 6);
        Assert.Equal(5, stages[1].Times.MeanMs, 6);
    }
}
