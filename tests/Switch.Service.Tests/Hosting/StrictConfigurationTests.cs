using Microsoft.Extensions.Configuration;
using Switch.Service.Acquirers;
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
    [InlineData("Switch:Acquirers:alpha:PurchaseMessage", "0200", "\"0200\" is no one of Mti0100, Mti0200")]
    [InlineData("Switch:Acquirers:alpha:PurchaseMessage", "1", "\"1\" is no one of Mti0100, Mti0200")]
    [InlineData("Switch:Acquirers:alpha:PurchaseMessage", "Mti0100,Mti0200", "is no one of Mti0100, Mti0200")]
    [InlineData("Switch:Acquirers:alpha:ReversalMessage", "0400", "\"0400\" is no one of Mti0420, Mti0400, None")]
    [InlineData(
        "Switch:Acquirers:alpha:ReplyTimeout", "00:00:90",
        "Switch:Acquirers:alpha:ReplyTimeout: \"00:00:90\" is no duration")]
    [InlineData("Switch:Journal", "journal.db", "Switch:Journal: expected a section")]
    [InlineData("Switch:Kafka:Client", "security.protocol=ssl", "Switch:Kafka:Client: expected a section")]
    [InlineData("Switch:Tls:ClientCaPath", "", "Switch:Tls:ClientCaPath: is empty")]
    [InlineData("Switch:Acquirers:b\u00eata:Endpoints:0", "127.0.0.1:1", "Switch:Acquirers: \"b\u00eata\" is not")]
    [InlineData("Switch:Acquirers:al pha:Endpoints:0", "127.0.0.1:1", "Switch:Acquirers: \"al pha\" is not a name")]
    [InlineData("Switch:InstanceName:Text", "x", "Switch:InstanceName: expected a value")]
    [InlineData("Switch:Acquirers:alpha:ResponseCodes:123", "05", "Switch:Acquirers:alpha:ResponseCodes:123: a code")]
    [InlineData("Switch:Acquirers:alpha:ResponseCodes:N ", "05", "Switch:Acquirers:alpha:ResponseCodes:N : a code has")]
    [InlineData("Switch:Kafka:Topic", "payments/transaction", "Switch:Kafka:Topic: a topic's name")]
    [InlineData("Switch:Telemetry:OtlpEndpoint", "http://", "Switch:Telemetry:OtlpEndpoint: must be a URL")]
    [InlineData("Switch:Telemetry:OtlpEndpoint", "http://a b:4317", "Switch:Telemetry:OtlpEndpoint: must be a URL")]
    [InlineData("Switch:Telemetry:OtlpEndpoint", "ftp://collector:21", "Switch:Telemetry:OtlpEndpoint: must be a URL")]
    [InlineData("Switch:Telemetry:OtlpEndpoint", "collector:4317", "Switch:Telemetry:OtlpEndpoint: must be a URL")]
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
    public void Bind_NameInAnotherCase_IsTaken()
    {
        var settings = Good();
        settings["Switch:Acquirers:alpha:PurchaseMessage"] = "mti0200";
        Assert.Equal(PurchaseMessage.Mti0200, Bind(settings).Acquirers["alpha"].PurchaseMessage);
    }

    [Fact]
    public void Bind_EmptyPathOfTheCodes_LeavesTheTableInside()
    {
        var settings = Good();
        settings["Switch:Files:ResponseCodes"] = "";
        Assert.Null(Bind(settings).Files.ResponseCodes);
    }

    [Fact]
    public void Bind_AcquirersNameOfTheGreatestLength_IsTaken_AndOneMoreIsNot()
    {
        var settings = Good();
        var name = "a-b_c.9".PadRight(64, 'x');
        settings[$"Switch:Acquirers:{name}:Endpoints:0"] = "127.0.0.1:7502";
        Assert.Contains(name, Bind(settings).Acquirers.Keys);
        settings[$"Switch:Acquirers:{name}x:Endpoints:0"] = "127.0.0.1:7503";
        var fault = Assert.Throws<InvalidConfigurationException>(() => Bind(settings)).Faults;
        Assert.StartsWith($"Switch:Acquirers: \"{name}x\" is not", Assert.Single(fault), StringComparison.Ordinal);
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
