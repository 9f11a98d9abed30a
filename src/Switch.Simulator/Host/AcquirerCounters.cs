namespace Switch.Simulator;

/// <summary>Why the host closed a connection, or saw it end.</summary>
public enum HostCloseReason
{
    /// <summary>The peer closed it, or it broke.</summary>
    PeerClosed,

    /// <summary>The bytes were no frame; see <see cref="AcquirerCounters.LastFault"/>.</summary>
    BadFrame,

    /// <summary>The frame was no message of the dialect; see <see cref="AcquirerCounters.LastFault"/>.</summary>
    BadMessage,

    /// <summary>The scenario said so.</summary>
    Scenario,

    /// <summary>The test said so: <c>Refuse</c> or <c>DropConnections</c>, or the host was disposed.</summary>
    Dropped,

    /// <summary>The host had as many connections as it takes.</summary>
    TooMany,
}

/// <summary>What the host has counted since its start: a picture of one moment.</summary>
/// <param name="OpenConnections">Connections open now.</param>
/// <param name="Accepted">Connections accepted, those closed at once included.</param>
/// <param name="Messages">Messages read.</param>
/// <param name="Answers">Answers written whole.</param>
/// <param name="SignOns">Sign-ons accepted.</param>
/// <param name="SignOffs">Sign-offs accepted.</param>
/// <param name="Echoes">Echo tests answered.</param>
/// <param name="FormatErrors">Messages answered with 30.</param>
/// <param name="Unanswered">Messages that the scenario left without an answer or lost.</param>
/// <param name="UnexpectedResponses">Responses sent to the host, which asks nothing.</param>
/// <param name="AnswerFaults">Answers that could not be written, because the scenario changed a field to what it cannot
///   hold.</param>
/// <param name="Closed">Connections ended, by reason.</param>
/// <param name="LastFault">The latest unreadable frame or message, in words, without its content.</param>
public sealed record AcquirerCounters(
    int OpenConnections,
    long Accepted,
    long Messages,
    long Answers,
    long SignOns,
    long SignOffs,
    long Echoes,
    long FormatErrors,
    long Unanswered,
    long UnexpectedResponses,
    long AnswerFaults,
    IReadOnlyDictionary<HostCloseReason, long> Closed,
    string? LastFault);
