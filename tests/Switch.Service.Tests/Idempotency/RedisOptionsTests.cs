using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Configuration;
using StackExchange.Redis;
using Switch.Service.Hosting;
using Switch.Service.Idempotency;

namespace Switch.Service.Tests.Idempotency;

public sealed class RedisOptionsTests
{
    [Fact]
    public void Defaults_AreValid_AndAsDocumented()
    {
        var options = Bind([]);

        Assert.Equal(TimeSpan.FromMilliseconds(300), options.OperationTimeout);
        Assert.Equal(TimeSpan.FromHours(72), options.RecordTtl);
        Assert.Equal(1024, options.CrossInstanceWaitersMax);
    }

    [Fact]
    public void Validate_EveryFault_IsReportedAtOnceAndNamesNoSecret()
    {
        var fault = Assert.Throws<InvalidConfigurationException>(() => Bind(new()
        {
            [nameof(RedisOptions.Configuration)] = "localhost:6379,password=hunter2,unknown=1",
            [nameof(RedisOptions.OperationTimeout)] = "00:00:06",
            [nameof(RedisOptions.RecordTtl)] = "00:00:00",
            [nameof(RedisOptions.CrossInstanceWaitersMax)] = "-1",
            [nameof(RedisOptions.OperationsInFlightMax)] = "0",
        }));

        Assert.Equal(
            [
                "Switch:Redis:Configuration",
                "Switch:Redis:CrossInstanceWaitersMax",
                "Switch:Redis:OperationTimeout",
                "Switch:Redis:OperationsInFlightMax",
                "Switch:Redis:RecordTtl",
            ],
            fault.Faults.Select(f => f[..f.IndexOf(": ", StringComparison.Ordinal)]).Order(StringComparer.Ordinal));
        Assert.DoesNotContain("hunter2", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("a:1,b:2,c:3", true)]
    [InlineData("sentinel:26379,serviceName=switch,password=x", true)]
    [InlineData("abortConnect=false", false)]
    [InlineData("localhost,connectTimeout=soon", false)]
    public void Validate_Configuration_NeedsAnEndpointAndKnownOptions(string configuration, bool isValid)
    {
        var options = new RedisOptions { Configuration = configuration };

        Assert.Equal(isValid, !options.Validate(new ValidationContext(options)).Any());
    }

    [Fact]
    public void Configure_WhateverTheStringSays_FailsFastAndNamesNoKeys()
    {
        var options = new RedisOptions { Configuration = "a:1,abortConnect=true,asyncTimeout=60000,tiebreaker=x" };

        var configuration = RedisConnection.Configure(options);

        Assert.False(configuration.AbortOnConnectFail);
        Assert.False(configuration.IncludeDetailInExceptions);
        Assert.False(configuration.BacklogPolicy.QueueWhileDisconnected);
        Assert.Equal(300, configuration.AsyncTimeout);
        Assert.Equal(TimeSpan.FromMilliseconds(75), configuration.HeartbeatInterval);
        Assert.Equal(string.Empty, configuration.TieBreaker);
        Assert.Equal(RedisChannel.Literal(string.Empty), configuration.ConfigurationChannel);
    }

    private static RedisOptions Bind(Dictionary<string, string?> settings) => StrictConfiguration.Bind<RedisOptions>(
        new ConfigurationBuilder()
            .AddInMemoryCollection(settings.ToDictionary(s => $"{RedisOptions.Section}:{s.Key}", s => s.Value))
            .Build(),
        RedisOptions.Section);
}
