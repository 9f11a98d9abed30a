using Google.Protobuf;
using Switch.Contracts.V1;
using Switch.Service.Journal.Records;

namespace Switch.Service.Tests.Journal;

public sealed class ReversalRecordTests
{
    [Fact]
    public void EncodeOf_GivesTheBytesOfTheWholeRecord()
    {
        var attempt = new AttemptRecord
        {
            // Longer than 127 bytes, so that its length takes two.
            Draft = new TransactionEvent { TransactionId = new string('a', 32), RouteReason = new string('r', 200) },
            Acquirer = "alpha",
            Attempt = 2,
            Stan = 999_999,
            SealedCard = ByteString.CopyFrom(1, 2, 3),
        };
        var wording = new ReversalRecord
        {
            Cause = ReversalCause.Terminal,
            ApprovalCode = "123456",
            AcquirerResponseCode = "00",
            ApprovedMinor = 1_000,
            IsLate = true,
        };

        var bytes = wording.EncodeOf(attempt);

        wording.Original = attempt;
        Assert.Equal(wording.ToByteArray(), bytes);
    }
}
