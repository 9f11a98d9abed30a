namespace Switch.Load.Tests.CommandLine;

public sealed class OptionFaultTests
{
    [Theory]
    [InlineData("no such verb: rum", "rum")]
    [InlineData("run         send payments", "")]
    [InlineData("unknown argument: --rat", "run", "--rat", "5")]
    [InlineData("unknown argument: 5", "run", "--rat", "5")]
    [InlineData("--rate lacks its value", "run", "--rate")]
    [InlineData("--rate must be a number from 0.1 to 1000000, not \"fast\"", "run", "--rate", "fast")]
    [InlineData("--rate must be a number", "run", "--rate", "0")]
    [InlineData("--rate must be a number", "run", "--rate", "NaN")]
    [InlineData("--rate must be a number", "run", "--rate", "1e3")]
    [InlineData("--rate is there twice", "run", "--rate", "5", "--rate", "6")]
    [InlineData("--rates must be numbers", "run", "--rates", "5,,6")]
    [InlineData("--rates goes not with --rate", "run", "--rate", "5", "--rates", "5,6")]
    [InlineData("--in-flight must be a whole number from 1", "run", "--in-flight", "-1")]
    [InlineData("--in-flight goes with neither --rate nor --rates", "run", "--in-flight", "5", "--rate", "5")]
    [InlineData("--achieved-min needs --rate", "run", "--in-flight", "5", "--achieved-min", "90")]
    [InlineData("--duplicates and --reversals leave too few", "run", "--duplicates", "60", "--reversals", "60")]
    [InlineData("--address must be a URL", "run", "--address", "127.0.0.1:7400")]
    [InlineData("need an https address", "run", "--ca", "ca.pem")]
    [InlineData("--key needs --cert", "run", "--address", "https://localhost:1", "--key", "key.pem")]
    [InlineData("--ca, --cert or --key can't be used", "run", "--address", "https://localhost:1", "--ca", "none.pem")]
    [InlineData("--terminals-file can't be read", "run", "--terminals-file", "none.csv")]
    [InlineData("can't be written", "run", "--json", "no-such-folder/report.json")]
    [InlineData("http://127.0.0.1:1/ can't be reached: Connection refused", "run", "--address", "http://127.0.0.1:1")]
    [InlineData("--from is above --to", "find-max", "--from", "5", "--to", "4")]
    [InlineData("--precision must be a number from 0.5 to 50", "find-max", "--precision", "0")]
    [InlineData("http://127.0.0.1:1/ can't be reached", "find-max", "--address", "http://127.0.0.1:1")]
    [InlineData("--rounds must be a whole number from 1 to 100", "compare", "--rounds", "0")]
    [InlineData("--only must be some of bare,naive,switch", "compare", "--only", "switch,bar")]
    [InlineData("--only must be some of bare,naive,switch", "compare", "--only", "switch,switch")]
    [InlineData("--shapes must be some of unary64,unary256,stream512", "compare", "--shapes", "stream")]
    [InlineData("--series must be some of redis,bins,connections,outbox", "growth", "--series", "disk")]
    [InlineData("--records must be whole numbers from 1 to 20000000, ascending", "growth", "--records", "10,5")]
    [InlineData("--ranges must be whole numbers from 10 to 1000000", "growth", "--ranges", "1000001")]
    [InlineData("--terminals must be whole numbers", "growth", "--terminals", "5,,6")]
    [InlineData("--max must be a number", "latency", "--max", "fast")]
    [InlineData("usage: merchants N", "merchants", "none")]
    public async Task WrongOptions_Run_SayWhyAndEndWithTwo(string expected, params string[] args)
    {
        var (exit, output, error) = await RunAsync(args.Where(static a => a.Length > 0).ToArray());
        Assert.Equal(2, exit);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Empty(output);
    }

    [Fact]
    public async Task SeveralFaults_Run_AreAllNamed()
    {
        var (_, _, error) = await RunAsync("run", "--rate", "x", "--foo", "--connections", "0");
        Assert.Contains("--rate ", error, StringComparison.Ordinal);
        Assert.Contains("--foo", error, StringComparison.Ordinal);
        Assert.Contains("--connections ", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--rates N,N,...", "run", "--help")]
    [InlineData("--precision N", "find-max", "-h")]
    [InlineData("--rounds N", "compare", "--help")]
    [InlineData("--records N,N,...", "growth", "--help")]
    [InlineData("--max N", "latency", "--help")]
    [InlineData("find-max    the highest rate", "--help")]
    public async Task Help_OfAVerb_ShowsItsOptions(string expected, params string[] args)
    {
        var (exit, output, error) = await RunAsync(args);
        Assert.Equal(0, exit);
        Assert.Contains(expected, output, StringComparison.Ordinal);
        Assert.Empty(error);
    }

    private static async Task<(int Exit, string Output, string Error)> RunAsync(params string[] args)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();
        var exit = await LoadProgram.RunAsync(args, output, error);
        return (exit, output.ToString(), error.ToString());
    }
}
