using Microsoft.Extensions.Configuration;
using Switch.Service.Hosting;

namespace Switch.Service.Tests.Hosting;

public sealed class StrictConfigurationTests
{
    [Fact]
    public void Bind_GoodConfiguration_ReadsEveryLevel()
    {
        var options = Bind(Good());
        Assert.Equal("127.0.0.1:7501", options.Acquirers["alpha"].Endpoints[0]);
        Assert.Equal(TimeSpan.FromSeconds(3), options.Acquirers["alpha"].ReplyTimeout);
        Assert.Equal("socket.timeout.ms", options.Kafka.Client.Keys.Single());
    }

    [Theory]
    [InlineData("Switch:Redsi:Configuration", "x", "Switch:Redsi: unknown key")]
    [InlineData("Switch:Redis:Confguration", "x", "Switch:Redis:Confguration: unknown key")]
    [InlineData("Switch:Acquirers:alpha:ReplyTimout", "00:00:01", "Switch:Acquirers:alpha:ReplyTimout: unknown key")]
    [InlineData("Switch:Limits:InFlightMax", "many", "Switch:Limits:InFlightMax: \"many\" is no Int32")]
    [InlineData("Switch:Limits:InFlightMax", "0", "Switch:Limits:InFlightMax:")]
    [InlineData("Switch:AllowPlaintext", "yes", "Switch:AllowPlaintext: \"yes\" is no boolean")]
    [InlineData(
        "Switch:Acquirers:alpha:ReplyTimeout", "soon", "Switch:Acquirers:alpha:ReplyTimeout: \"soon\" is no duration")]
    [InlineData("Switch:Acquirers:alpha:ReplyTimeout", "00:10:00", "Switch:Acquirers:alpha:ReplyTimeout:")]
    [InlineData("Switch:Acquirers:alpha:Dialect", "iso2003", "Switch:Acquirers:alpha:Dialect:")]
    [InlineData("Switch:Acquirers:alpha:Endpoints:0", "nowhere", "Switch:Acquirers:alpha")]
    [InlineData("Switch:Acquirers:alpha:PurchaseMessage", "Mti0300", "is no one of Mti0100, Mti0200")]
    [InlineData("Switch:Journal", "journal.db", "Switch:Journal: expected a section")]
    [InlineData("Switch:InstanceName:Text", "x", "Switch:InstanceName: expected a value")]
    [InlineData("Switch:Acquirers:alpha:ResponseCodes:123", "05", "Switch:Acquirers:alpha:ResponseCodes:123: a code")]
    [InlineData("Switch:Acquirers:alpha:ResponseCodes:N ", "05", "Switch:Acquirers:alpha:ResponseCodes:N : a code has")]
    [InlineData("Switch:Kafka:Topic", "payments/transaction", "Switch:Kafka:Topic: a topic's name")]
    [InlineData("Switch:Kafka:Topic", "..", "Switch:Kafka:Topic: \"..\" is no topic's name")]
    [InlineData("Switch:Kafka:Client:acks", "1", "Switch:Kafka:Client:acks: is set by the switch itself")]
    [InlineData("Switch:Kafka:Client:Enable.Idempotence", "false", "Switch:Kafka:Client:Enable.Idempotence: is set")]
    [InlineData("Switch:Kafka:Client:bootstrap.servers", "x:1", "Switch:Kafka:Client:bootstrap.servers: is set")]
    [InlineData("Switch:Kafka:Client:test.mock.num.brokers", "1", "Switch:Kafka:Client:test.mock.num.brokers: is set")]
    [InlineData("Switch:Kafka:Client:transactional.id", "x", "Switch:Kafka:Client:transactional.id: is set")]
    [InlineData(
        "Switch:Kafka:Client:dotnet.producer.enable.delivery.reports", "false",
        "Switch:Kafka:Client:dotnet.producer.enable.delivery.reports: is set")]
    public void Bind_OneFault_NamesItsPath(string path, string value, string expected)
    {
        var settings = Good();
        settings[path] = value;
        var fault = Assert.Throws<InvalidConfigurationException>(() => Bind(settings));
        Assert.Contains(fault.Faults, f => f.Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void Bind_TopicOfTheGreatestLength_IsTaken_AndOneMoreIsNot()
    {
        var settings = Good();
        settings["Switch:Kafka:Topic"] = new string('t', 249);
        Assert.Equal(249, Bind(settings).Kafka.Topic.Length);
        settings["Switch:Kafka:Topic"] += "t";
        var fault = Assert.Throws<InvalidConfigurationException>(() => Bind(settings)).Faults;
        Assert.StartsWith("Switch:Kafka:Topic: ", Assert.Single(fault), StringComparison.Ordinal);
    }

    [Fact]
    public void Bind_SeveralFaults_NamesAllAtOnce()
    {
        var settings = Good();
        settings["Switch:Nonsense"] = "1";
        settings["Switch:Limits:InFlightMax"] = "x";
        settings["Switch:Deadlines:Default"] = "y";
        Assert.Equal(3, Assert.Throws<InvalidConfigurationException>(() => Bind(settings)).Faults.Count);
    }

    [Fact]
    public void Bind_RangeFaultAndOneThatTheClassItselfFinds_NamesBothOnce()
    {
        var settings = Good();
        settings["Switch:BusinessDay:TimeZone"] = "Mars/Olympus";
        settings["Switch:BusinessDay:CutOver"] = "2.00:00:00";
        var faults = Assert.Throws<InvalidConfigurationException>(() => Bind(settings)).Faults;
        Assert.Equal(
            ["Switch:BusinessDay:CutOver", "Switch:BusinessDay:TimeZone"],
            faults.Select(f => f[..f.IndexOf(": ", StringComparison.Ordinal)]).Order(StringComparer.Ordinal));

        settings["Switch:BusinessDay:TimeZone"] = "";
        faults = Assert.Throws<InvalidConfigurationException>(() => Bind(settings)).Faults;
        Assert.Equal(2, faults.Count);
    }

    [Fact]
    public void Bind_WithoutAcquirers_SaysSo()
    {
        var fault = Assert.Throws<InvalidConfigurationException>(
            () => Bind(new() { ["Switch:Journal:Path"] = "j.db" }));
        Assert.Contains(fault.Faults, f => f.StartsWith("Switch:Acquirers:", StringComparison.Ordinal));
    }

    private static SwitchOptions Bind(Dictionary<string, string?> settings) =>
        StrictConfiguration.Bind<SwitchOptions>(
            new ConfigurationBuilder().AddInMemoryCollection(settings).Build(), SwitchOptions.Section);

    private static Dictionary<string, string?> Good() => new()
    {
        ["Switch:Journal:Path"] = "journal.db",
        ["Switch:Kafka:Client:socket.timeout.ms"] = "1000",
        ["Switch:Acquirers:alpha:Endpoints:0"] = "127.0.0.1:7501",
        ["Switch:Acquirers:alpha:ReplyTimeout"] = "00:00:03",
    };
}
