using System.Collections.Concurrent;
using Switch.Contracts.V1;
using Switch.Load.Payments;

namespace Switch.Load.Tests.Payments;

public sealed class PaymentGeneratorTests
{
    private static readonly DateTimeOffset Wall = new(2026, 11, 23, 9, 2, 33, TimeSpan.Zero);

    [Fact]
    public void Payments_SameSeedAndRun_AreTheSameInAnyOrder()
    {
        var forward = Enumerable.Range(0, 500).Select(n => Make(7, "aaaaaaaaa", n)).ToList();
        var together = new ConcurrentDictionary<int, AuthorizeRequest>();
        Parallel.For(0, 500, n => together[499 - n] = Make(7, "aaaaaaaaa", 499 - n));
        Assert.Equal(forward, together.OrderBy(static p => p.Key).Select(static p => p.Value));
    }

    [Fact]
    public void Payments_OtherRun_DifferInTheKeyAlone()
    {
        var (first, second) = (Make(7, "aaaaaaaaa", 3), Make(7, "bbbbbbbbb", 3));
        Assert.NotEqual(first.IdempotencyKey, second.IdempotencyKey);
        second.IdempotencyKey = first.IdempotencyKey;
        Assert.Equal(first, second);
    }

    [Fact]
    public void Payments_OtherSeed_AreOthers()
    {
        var same = Enumerable.Range(0, 200).Count(n => Make(7, "aaaaaaaaa", n).Equals(Make(8, "aaaaaaaaa", n)));
        Assert.Equal(0, same);
    }

    [Fact]
    public void Payments_Keys_AreDifferentAndAllOfOneLength()
    {
        var keys = Enumerable.Range(0, 1000).Select(n => Make(1, "aaaaaaaaa", n).IdempotencyKey).ToList();
        Assert.Equal(1000, keys.Distinct().Count());
        Assert.Single(keys.Select(static key => key.Length).Distinct());
    }

    [Fact]
    public void Cards_Numbers_PassTheLuhnCheck() =>
        Assert.All(Enumerable.Range(0, 1000), static n => Assert.Equal(0, LuhnSum(
            Make(5, "aaaaaaaaa", n).PaymentMethod.Card.Pan) % 10));

    [Fact]
    public void Amounts_WithoutDeclines_AreNoSignOfAnyScenario() =>
        Assert.All(Enumerable.Range(0, 2000), static n => Assert.InRange(
            Make(5, "aaaaaaaaa", n).Amount.AmountMinor % 100, 20, 49));

    [Fact]
    public void Amounts_WithDeclines_EndIn51AsOftenAsAsked()
    {
        var declined = Enumerable.Range(0, 10_000)
            .Count(static n => Make(5, "aaaaaaaaa", n, 20).Amount.AmountMinor % 100 == 51);
        Assert.InRange(declined, 1800, 2200);
    }

    [Fact]
    public void Reversal_OfAPayment_NamesItsKeyAndTerminal()
    {
        var payment = Make(9, "aaaaaaaaa", 42);
        var reversal = new PaymentGenerator(9, "aaaaaaaaa", Terminals.Generate(20), 0, Wall).Reversal(42);
        Assert.Equal(payment.IdempotencyKey, reversal.OriginalIdempotencyKey);
        Assert.Equal((payment.MerchantId, payment.TerminalId), (reversal.MerchantId, reversal.TerminalId));
    }

    private static AuthorizeRequest Make(long seed, string run, long number, double declines = 0)
    {
        var generator = new PaymentGenerator(seed, run, Terminals.Generate(20), declines, Wall);
        var request = generator.NewRequest();
        generator.Fill(request, number);
        return request;
    }

    private static int LuhnSum(string pan) => pan.Reverse().Select(static (c, i) =>
    {
        var digit = (c - '0') * (1 + (i % 2));
        return digit > 9 ? digit - 9 : digit;
    }).Sum();
}
