using Switch.Settlement.Hosting;
using Switch.Settlement.Records;

namespace Switch.Settlement.Tests.Records;

public sealed class QueryOptionsTests
{
    [Theory]
    [InlineData("0.0.0.0:7310", "not loopback")]
    [InlineData("10.0.0.7:7310", "not loopback")]
    [InlineData("localhost:7310", "expected address:port")]
    [InlineData("7310", "expected address:port")]
    public void Validate_AddressThatOthersCanReach_IsRefused(string address, string expected)
    {
        var options = new SettlementOptions { Query = new QueryOptions { Json = address } };
        var result = new SettlementOptionsValidator().Validate(null, options);
        Assert.Contains(result.Failures ?? [], fault => fault.Contains(expected, StringComparison.Ordinal)
            && fault.Contains(nameof(QueryOptions.Json), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("127.0.0.1:0")]
    [InlineData("[::1]:7310")]
    public void Validate_Loopback_IsTaken(string address) => Assert.True(new SettlementOptionsValidator()
        .Validate(null, new SettlementOptions { Query = new QueryOptions { Grpc = address } }).Succeeded);
}
