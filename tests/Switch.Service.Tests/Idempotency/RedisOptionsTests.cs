using System.ComponentModel.DataAnnotations;
using StackExchange.Redis;
using Switch.Service.Idempotency;

namespace Switch.Service.Tests.Idempotency;

public sealed class RedisOptionsTests
{
    [Fact]
    public void Defaults_AreValid_AndAsDocumented()
    {
        var options = new RedisOptions();

        Assert.True(new RedisOptionsValidator().Validate(null, options).Succeeded);
        Assert.Equal(TimeSpan.FromMilliseconds(300), options.OperationTimeout);
        Assert.Equal(TimeSpan.FromHours(72), options.RecordTtl);
        Assert.Equal(1024, options.CrossInstanceWaitersMax);
    }

    [Fact]
    public void Validate_EveryFault_IsReportedAtOnceAndNamesNoSecret()
    {
        var options = new RedisOptions
        {
            Configuration = "localhost:6379,password=hunter2,unknown=1",
            OperationTimeout = TimeSpan.FromSeconds(6),
            RecordTtl = TimeSpan.Zero,
            CrossInstanceWaitersMax = -1,
            OperationsInFlightMax = 0,
        };

        var result = new RedisOptionsValidator().Validate(null, options);

        Assert.True(result.Failed);
        foreach (var property in (string[])
            [
                nameof(RedisOptions.OperationTimeout),
                nameof(RedisOptions.RecordTtl),
                nameof(RedisOptions.CrossInstanceWaitersMax),
                nameof(RedisOptions.OperationsInFlightMax),
                nameof(RedisOptions.Configuration),
            ])
        {
            Assert.Contains(property, result.FailureMessage, StringComparison.Ordinal);
        }

        Assert.DoesNotContain("hunter2", result.FailureMessage, StringComparison.Ordinal);
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
}
