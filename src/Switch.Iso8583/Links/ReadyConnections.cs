namespace Switch.Iso8583;

/// <summary>The signed-on connections of a link, taken in turn. Belongs to the exchange table's lock.</summary>
internal sealed class ReadyConnections
{
    private readonly List<LinkSession> _sessions = [];
    private int _turn;

    public int Count => _sessions.Count;

    public void Add(LinkSession session) => _sessions.Add(session);

    public bool Remove(LinkSession session) => _sessions.Remove(session);

    public LinkSession? Next() => _sessions.Count == 0 ? null : _sessions[(int)((uint)++_turn % (uint)_sessions.Count)];

    /// <summary>
    /// An idle connection to wake, marked busy; null when all are writing and will find the request by themselves.
    /// </summary>
    public LinkSession? TakeIdle()
    {
        for (var i = 0; i < _sessions.Count; i++)
        {
            if (Next() is not { IsIdle: true } session) continue;
            session.IsIdle = false;
            return session;
        }

        return null;
    }
}
