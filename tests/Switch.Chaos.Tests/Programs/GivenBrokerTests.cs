using Switch.Programs;

namespace Switch.Chaos.Tests.Programs;

public sealed class GivenBrokerTests
{
    [Fact]
    public void Find_NothingIsSet_IsNone() => Assert.Null(Find(null, null, null));

    [Fact]
    public void Find_Address_HasNoCommands() =>
        Assert.Equal(new GivenBroker("kafka:9092"), Find("kafka:9092", null, ""));

    [Fact]
    public void Find_All_HasThemAll() =>
        Assert.Equal(new GivenBroker("kafka:9092", "halt", "go"), Find("kafka:9092", "halt", "go"));

    [Theory]
    [InlineData("kafka:9092", "halt", null)]
    [InlineData("kafka:9092", null, "go")]
    [InlineData(null, "halt", "go")]
    public void Find_OneWithoutTheOther_SaysWhichGoTogether(string? address, string? stop, string? start)
    {
        var failure = Assert.Throws<HarnessException>(() => Find(address, stop, start));
        Assert.Contains("SWITCH_TEST_KAFKA_STOP", failure.Message, StringComparison.Ordinal);
        Assert.Contains("SWITCH_TEST_KAFKA_START", failure.Message, StringComparison.Ordinal);
    }

    private static GivenBroker? Find(string? address, string? stop, string? start) =>
        GivenBroker.Find(name => name switch
        {
            "SWITCH_TEST_KAFKA" => address,
            "SWITCH_TEST_KAFKA_STOP" => stop,
            "SWITCH_TEST_KAFKA_START" => start,
            _ => null,
        });
}
