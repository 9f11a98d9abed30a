using Switch.Service.Hosting;
using Switch.Service.Outbox;

namespace Switch.Service.Tests.Outbox;

/// <summary>What the Kafka client would only complain of at run time is found at the start.</summary>
public sealed class KafkaClientSettingsTests
{
    [Fact]
    public void Check_GoodSettings_Pass()
    {
        KafkaClientSettings.Check(new KafkaOptions(), "test");
        KafkaClientSettings.Check(
            With(("socket.timeout.ms", "2000"), ("compression.type", "zstd"), ("security.protocol", "ssl")), "test");
    }

    [Fact]
    public void Check_BadSettings_AreAllNamed_WithTheirPaths()
    {
        var options = With(
            ("sokcet.timeout.ms", "2000"), ("compression.type", "rar"), ("retries", "many"),
            ("security.protocol", "sasl_ssl")); // good, but not alone
        var faults = Assert.Throws<InvalidConfigurationException>(
            () => KafkaClientSettings.Check(options, "test")).Faults;
        Assert.Equal(
            ["Switch:Kafka:Client:compression.type", "Switch:Kafka:Client:retries",
                "Switch:Kafka:Client:sokcet.timeout.ms"],
            faults.Select(f => f[..f.IndexOf(": ", StringComparison.Ordinal)]).Order(StringComparer.Ordinal));
        Assert.Contains(faults, f => f.Contains("No such configuration property", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("max.in.flight", "6")] // an idempotent producer may have five
    [InlineData("queuing.strategy", "lifo")] // and keeps their order
    public void Check_SettingThatContradictsTheSwitchsOwn_IsRefused(string name, string value)
    {
        var fault = Assert.Throws<InvalidConfigurationException>(
            () => KafkaClientSettings.Check(With((name, value)), "test"));
        var only = Assert.Single(fault.Faults);
        Assert.StartsWith("Switch:Kafka:Client: ", only, StringComparison.Ordinal);
        Assert.Contains(name, only, StringComparison.Ordinal);
    }

    [Fact]
    public void Check_SettingsThatMissAnother_AreRefusedTogether()
    {
        var fault = Assert.Throws<InvalidConfigurationException>(
            () => KafkaClientSettings.Check(With(("sasl.mechanism", "plain"), ("security.protocol", "sasl_ssl")), "t"));
        Assert.StartsWith("Switch:Kafka:Client: ", Assert.Single(fault.Faults), StringComparison.Ordinal);
    }

    private static KafkaOptions With(params (string Name, string Value)[] settings) =>
        new() { Client = settings.ToDictionary(setting => setting.Name, setting => setting.Value) };
}
