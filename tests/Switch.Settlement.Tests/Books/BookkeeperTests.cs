using Switch.Contracts.V1;
using Switch.Settlement.Books;
using Switch.Settlement.Fees;
using Switch.Settlement.Tests.Terms;

namespace Switch.Settlement.Tests.Books;

public sealed class BookkeeperTests
{
    // Before the first version of the sample's tables nothing was agreed.
    private const string BeforeAnyFee = "2010-01-01";

    private static readonly Bookkeeper Books = new(new FeeSchedule(SampleTerms.Read()));

    [Fact]
    public void Book_ApprovedPurchase_OwesTheMerchantWhatTheSchemeOwes()
    {
        var booking = Books.Book(
            PaymentStage.None, [], Approvals.Purchase(1290, date: BeforeAnyFee));

        Assert.Equal(PaymentStage.Posted, booking.Stage);
        Assert.Equal(
            [new Posting(Account.SchemeReceivable, 1290), new Posting(Account.MerchantPayable, -1290)], booking.Lines);
    }

    [Fact]
    public void Book_ApprovedRefund_TakesItFromTheMerchant()
    {
        var refund = Approvals.Refund(500);
        refund.BusinessDate = BeforeAnyFee;
        var booking = Books.Book(PaymentStage.None, [], refund);

        Assert.Equal(
            [new Posting(Account.SchemeReceivable, -500), new Posting(Account.MerchantPayable, 500)], booking.Lines);
    }

    [Fact]
    public void Book_ReversalQueuedAndAcknowledged_LeavesNothingOnAnyAccount()
    {
        var purchase = Approvals.Purchase(1290, "WEBSHOP-EU");
        var approval = Books.Book(PaymentStage.None, [], purchase);
        var queued = Books.Book(approval.Stage, approval.Lines, purchase.Later(TransactionEventType.ReversalQueued));

        Assert.Equal(PaymentStage.ReversalQueued, queued.Stage);
        var afterQueued = Sums(approval.Lines, queued.Lines);
        Assert.Equal(0, afterQueued[Account.MerchantPayable]);
        Assert.Equal(0, afterQueued[Account.MerchantReserve]);
        Assert.Equal(0, afterQueued[Account.FeeIncome]);
        Assert.Equal(-afterQueued[Account.ReversalSuspense], afterQueued[Account.SchemeReceivable]);
        Assert.NotEqual(0, afterQueued[Account.ReversalSuspense]);

        var end = Books.Book(queued.Stage, approval.Lines, purchase.Later(TransactionEventType.ReversalAcknowledged));
        Assert.Equal(PaymentStage.Reversed, end.Stage);
        Assert.All(Sums(approval.Lines, queued.Lines, end.Lines), pair => Assert.Equal(0, pair.Value));
        Assert.Equal(
            0, approval.Lines.Concat(queued.Lines).Concat(end.Lines).Sum(line => line.RemainderMicro));
    }

    /// <summary>Should not be, by contract: the terminal is never told of an approval that is taken back.</summary>
    [Theory]
    [InlineData(TransactionEventType.ReversalQueued)]
    [InlineData(TransactionEventType.ReversalParked)]
    [InlineData(TransactionEventType.ReversalAcknowledged)]
    [InlineData(TransactionEventType.ReversalClosed)]
    public void Book_ApprovalAfterItsReversal_PaysNobody(TransactionEventType reversal)
    {
        var purchase = Approvals.Purchase(1290);
        var first = Books.Book(PaymentStage.None, [], purchase.Later(reversal));
        var second = Books.Book(first.Stage, [], purchase);

        Assert.Empty(first.Lines);
        Assert.Empty(second.Lines);
        Assert.Equal(first.Stage, second.Stage);
    }

    /// <summary>Every event at every stage, for every kind and outcome, late or not.</summary>
    [Fact]
    public void Book_EveryCombination_DoesWhatTheTableSays()
    {
        var rows = 0;
        var approval = Books.Book(PaymentStage.None, [], Approvals.Purchase(1290)).Lines;
        var product =
            from type in Enum.GetValues<TransactionEventType>()
            from stage in Enum.GetValues<PaymentStage>()
            from kind in Enum.GetValues<TransactionKind>()
            from outcome in Enum.GetValues<Outcome>()
            from isLate in new[] { false, true }
            select (type, stage, kind, outcome, isLate);
        foreach (var (type, stage, kind, outcome, isLate) in product)
        {
            var e = Approvals.Purchase(1290);
            e.Type = type;
            e.Kind = kind;
            e.Outcome = outcome;
            if (isLate) e.EventId = $"{e.TransactionId}.late_reversal_queued.01234567";

            var booking = Books.Book(stage, stage == PaymentStage.None ? [] : approval, e);

            var (expectedStage, hasLines) = isLate ? (stage, false) : Expected(type, stage, kind, outcome);
            var row = $"{type} {stage} {kind} {outcome} {isLate}";
            Assert.True(expectedStage == booking.Stage, row);
            Assert.True(hasLines == booking.Lines.Length > 0, row);
            Assert.True(booking.Lines.Sum(line => line.AmountMinor) == 0, row);
            rows++;
        }

        Assert.Equal(7 * 4 * 4 * 4 * 2, rows);
    }

    private static (PaymentStage Stage, bool HasLines) Expected(
        TransactionEventType type, PaymentStage stage, TransactionKind kind, Outcome outcome)
    {
        var isApproved = outcome is Outcome.Approved or Outcome.PartiallyApproved;
        var isMoney = kind is TransactionKind.Purchase or TransactionKind.Refund;
        var ends = type is TransactionEventType.ReversalAcknowledged or TransactionEventType.ReversalClosed;
        var begins = type is TransactionEventType.ReversalQueued or TransactionEventType.ReversalParked;
        return stage switch
        {
            PaymentStage.None when type == TransactionEventType.Authorized && isApproved && isMoney =>
                (PaymentStage.Posted, true),
            PaymentStage.None or PaymentStage.Posted when begins =>
                (PaymentStage.ReversalQueued, stage == PaymentStage.Posted),
            PaymentStage.None or PaymentStage.Posted when ends => (PaymentStage.Reversed, stage == PaymentStage.Posted),
            PaymentStage.ReversalQueued when ends => (PaymentStage.Reversed, true),
            _ => (stage, false),
        };
    }

    private static Dictionary<Account, long> Sums(params Posting[][] entries)
    {
        var sums = Enum.GetValues<Account>().ToDictionary(account => account, _ => 0L);
        foreach (var line in entries.SelectMany(lines => lines)) sums[line.Account] += line.AmountMinor;
        return sums;
    }
}
