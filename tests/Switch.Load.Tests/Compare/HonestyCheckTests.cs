using Grpc.Core;
using Switch.Contracts.V1;
using Switch.Load.Compare;
using Switch.Load.Doors;

namespace Switch.Load.Tests.Compare;

/// <summary>A run in which all is well, and each lie that would have made it fast.</summary>
public sealed class HonestyCheckTests
{
    private readonly Dictionary<Contender, AnswerLog> _answers = new()
    {
        [Contender.Bare] = new(),
        [Contender.Naive] = new(),
        [Contender.Switch] = new(),
    };

    private readonly Dictionary<UInt128, Approval> _events = [];
    private readonly List<Approval> _ledger = [];

    public HonestyCheckTests()
    {
        for (var n = 1; n <= 3; n++) Approve(n);
    }

    [Fact]
    public void Run_EveryAnswerBookedAndTold_IsNotVoid()
    {
        var check = Check();
        Assert.Empty(check.Reasons);
        Assert.Equal(3, check.Answers);
    }

    [Fact]
    public void Run_AnswerThatTheLedgerDoesNotKnow_IsVoid()
    {
        _ledger.RemoveAt(0);
        Assert.Equal(
            "1 answers that the acquirer's ledger does not approve just so, once", Assert.Single(Check().Reasons));
    }

    [Fact]
    public void Run_AnswerWithAnotherAmountThanTheLedgers_IsVoid()
    {
        _ledger[0] = _ledger[0] with { AmountMinor = 999 };
        Assert.True(Check().IsVoid);
    }

    [Fact]
    public void Run_ApprovalThatWasBookedTwice_IsVoid()
    {
        _ledger.Add(_ledger[0]);
        Assert.True(Check().IsVoid);
    }

    [Fact]
    public void Run_AnswerThatWasNotTold_IsVoid()
    {
        _events.Remove(_events.Keys.First());
        Assert.Contains("1 answers that Kafka does not tell just so", Check().Reasons);
    }

    [Fact]
    public void Run_EventWithAnotherApprovalCode_IsVoid()
    {
        var id = _events.Keys.First();
        _events[id] = _events[id] with { Code = 1 };
        Assert.Contains("1 answers that Kafka does not tell just so", Check().Reasons);
    }

    [Fact]
    public void Run_EventOfAPaymentWithoutAnAnswer_IsVoid()
    {
        _events.Add(77, _events.Values.First());
        Assert.Equal("1 events of payments without an answer", Assert.Single(Check().Reasons));
    }

    [Fact]
    public void Run_TwoAnswersWithOneTransaction_IsVoid()
    {
        _answers[Contender.Switch].Add(Reply.Of(AnswerOf(1)));
        Assert.Contains("1 answers with the transaction id of another", Check().Reasons);
    }

    [Fact]
    public void Run_UnexpectedEvents_IsVoid() => Assert.True(Check(unexpected: 1).IsVoid);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Run_AnyContenderRefuses_IsVoidAndSaysWho(int contender)
    {
        _answers[(Contender)contender].Add(new Reply(StatusCode.ResourceExhausted, "OVERLOADED", null));
        Assert.Equal(
            $"{(Contender)contender}: 1 x ResourceExhausted OVERLOADED", Assert.Single(Check().Reasons));
    }

    [Fact]
    public void Run_SwitchThatAnsweredNothing_IsVoid()
    {
        _answers[Contender.Switch] = new();
        _events.Clear();
        _ledger.Clear();
        Assert.Equal("the switch gave no answer", Assert.Single(Check().Reasons));
    }

    [Fact]
    public void Run_SwitchThatWasNotMeasured_IsNotVoidForThat()
    {
        _answers.Remove(Contender.Switch);
        Assert.Empty(Check().Reasons);
        _answers[Contender.Bare].Add(new Reply(StatusCode.ResourceExhausted, "OVERLOADED", null));
        Assert.True(Check().IsVoid);
    }

    private HonestyCheck Check(long unexpected = 0) => HonestyCheck.Of(
        _answers, _events, unexpected, _ledger.ToLookup(static approval => approval.Rrn));

    private void Approve(int number)
    {
        var answer = AnswerOf(number);
        var approval = new Approval(
            Ids.Rrn(answer.RetrievalReferenceNumber), answer.ApprovedAmount.AmountMinor, Ids.Rrn(answer.ApprovalCode));
        _answers[Contender.Switch].Add(Reply.Of(answer));
        _events.Add(Ids.Transaction(answer.TransactionId), approval);
        _ledger.Add(approval);
    }

    private static AuthorizeResponse AnswerOf(int number) => new()
    {
        TransactionId = $"{number:x32}",
        RetrievalReferenceNumber = $"63330900000{number}",
        ApprovalCode = $"12345{number}",
        Outcome = Outcome.Approved,
        ApprovedAmount = new Money { AmountMinor = 100 + number, Currency = "EUR" },
    };
}
